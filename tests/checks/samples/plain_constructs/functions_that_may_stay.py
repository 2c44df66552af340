"""Functions whose ends, parameters and assignments are as they have to be."""
#! measure constructs = 0


def find(rows: list[str]) -> str | None:
    for row in rows:
        if row:
            return row


def read(path):
    try:
        return path.read_text()
    except OSError as error:
        raise SystemExit(str(error)) from error


def ask():
    while True:
        answer = input("Number? ")
        if answer.isdigit():
            return int(answer)


def numbers():
    if not numbers:
        return
    yield 1


def on_click(event, x, y):
    print("clicked", x, y)


def on_key(window, key):
    print("key", window)


def bind(window):
    window.bind("k", on_key)
    on_click(None, 1, 2)


def join(rows, more):
    rows = rows + more
    return rows


class Later:
    def area(self, colour):
        """Subclasses say how large they are."""
        raise NotImplementedError
