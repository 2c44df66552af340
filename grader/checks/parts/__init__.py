"""What checks are made of: readings that several share, and the inner parts of large ones."""
