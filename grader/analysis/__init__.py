"""How Python source is read: syntax, the tools' verdicts and fixed lines. No points, no guidance."""
