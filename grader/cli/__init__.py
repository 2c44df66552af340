"""The grader command, one command group a file."""
