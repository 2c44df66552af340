"""HTTP: the API and the pages, wired to the use cases by one context."""
