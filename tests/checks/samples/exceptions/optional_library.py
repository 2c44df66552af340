"""A library that may be missing has a replacement."""

try:
    import fast_json as json
except Exception:
    import json
