def make_items():
    return [1, 2, 3]
