class Heap:
    def __init__(self, items):
        self.items = items

    def push(self, item):  #! untested-function: `Heap.push`
        self.items.append(item)
        return self.items

    def pop(self):  #! untested-function
        return self.items.pop()
