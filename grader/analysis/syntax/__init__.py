"""Reading a syntax tree: scopes, bindings, imports, calls and statements.

A new check mostly needs three modules: `module` (scopes, calls and bindings of a file, by
`module_of(source)`), `walk` (the nodes below a node) and `stdlib_effects` (what known calls do).
"""
