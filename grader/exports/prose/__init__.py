"""Shared by the renderings for people: layout, messages, tone, sanitized text."""
