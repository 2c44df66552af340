from .stack import Stack
