"""Reading a syntax tree: scopes, bindings, imports, calls and statements.

A check that is written anew asks three files: `module` (`module_of(source)`, the one reading of a
file), `walk` (which nodes lie below a node) and `stdlib_effects` (what known calls do).
"""
