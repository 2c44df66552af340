"""What every rendering for people shares: layout, messages, tone, sanitized text."""
