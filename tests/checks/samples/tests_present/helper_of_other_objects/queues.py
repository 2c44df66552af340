class Queue:
    def __init__(self, items):
        self.items = items

    def push(self, item):
        return [*self.items, item]
