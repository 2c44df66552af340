"""The HTTP API: one blueprint for each kind of resource, such as exercises or submissions."""
