"""Connectors to learning management systems, one folder each; ``registry`` lists them."""
