"""The ``grader`` command. Each file has one command or one group of commands."""
