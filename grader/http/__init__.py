"""HTTP: the API and the pages on one context."""
