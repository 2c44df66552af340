"""The parts that the renderings for people share: layout, messages, tone, sanitized text."""
