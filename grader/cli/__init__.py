"""The ``grader`` command: one command, or one group of commands, a file."""
