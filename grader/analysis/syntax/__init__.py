"""Reading a syntax tree: scopes, bindings, imports, calls and statements."""
