from .stacks import Stack
