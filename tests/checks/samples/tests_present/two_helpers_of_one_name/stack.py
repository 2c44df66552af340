class Stack:
    def __init__(self, items):
        self.items = items

    def push(self, item):
        self.items.append(item)
        return self.items

    def pop(self):  #! untested-function: `Stack.pop`
        return self.items.pop()
