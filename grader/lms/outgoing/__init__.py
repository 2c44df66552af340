"""HTTP requests to URLs that users supplied: guarded against SSRF, bounded in time and size."""
