"""One repository a file: each implements a port of the use cases."""
