"""An inner function is a function: it computes, and the outer one prints."""


def print_area(width, height):
    def get_area():
        return width * height

    print(get_area())
