"""Making an object calls its `__init__`."""


class Question:
    def __init__(self):
        self.answer = int(input())  #! unguarded-call


Question()
