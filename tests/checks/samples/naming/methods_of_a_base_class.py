"""A base class calls its methods by their names, in whatever case it has them."""
#! measure case_violations = 4

import ast
from http.server import BaseHTTPRequestHandler

from PyQt5.QtWidgets import QWidget


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        print(self.path)

    def sendPage(self):  #! N802
        print(self.path)


class Window(QWidget):
    def keyPressEvent(self, event):
        print(event)


class Names(ast.NodeVisitor):
    def visit_Name(self, node):
        print(node)

    def getName(self, node):  #! N802
        return node


class Alone:
    def keyPressEvent(self, event):  #! N802 #! no-verb
        print(event)


def do_GET():  #! N802
    print(Alone())
