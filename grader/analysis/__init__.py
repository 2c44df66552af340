"""How Python source is read: syntax, the tools' verdicts, fixed lines. No points, no guidance."""
