"""A rubric may allow names that a library looks for."""
#! option ignore_names = ["visit_*", "X"]
#! measure case_violations = 1

import ast


class Visitor(ast.NodeVisitor):
    def visit_Name(self, node):
        X = node
        return X

    def leaveName(self, node):  #! N802
        return node
