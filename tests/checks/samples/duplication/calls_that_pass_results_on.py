"""Steps that hand each result on are how good programs read, in each of two."""


def train(path):
    rows = load(path)
    table = clean(rows)
    features = select(table, 3)
    model = fit(features)
    save(model)
    return model


def predict(path):
    text = read(path)
    words = split(text)
    pairs = count(words, 2)
    answer = guess(pairs)
    show(answer)
    return answer
