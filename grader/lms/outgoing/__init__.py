"""HTTP requests to URLs that users supplied: limited to allowed addresses, time and size."""
