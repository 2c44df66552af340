"""Numbers that are part of the word, or tell two ends of one thing apart."""


def read_corners():
    return 0, 0, 1, 1


def measure(point1, point2):
    return point2 - point1


def load():
    rows1 = 1
    return rows1


class Color:
    grey_1 = 1
    grey_2 = 2


x1, y1, x2, y2 = read_corners()
rows2 = load()  # `rows1` is a name of another scope
utf8 = utf16 = load()
sha1 = sha256 = load()
sqrt2 = sqrt3 = load()
data64 = data32 = load()
LEVEL_1 = 1
LEVEL_2 = 2
year_2023 = load()
