"""Bytes to facts: intake, the gate, the killable child, the facts cache."""
