"""From the bytes of an upload to its facts: intake, gate, fork server, sandbox, facts cache."""
