def load(path):
    with open(path) as stream:  #! unguarded-call
        return stream.read()
