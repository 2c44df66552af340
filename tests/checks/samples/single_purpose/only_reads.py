"""Reading includes making numbers of the text that was read."""
#! measure mixed_functions = 0


def read_text(path):
    text = ""
    for line in open(path):
        text += line
    return text


def read_numbers(path):
    return [float(line) for line in open(path)]


def read_words(path):
    with open(path) as stream:
        return stream.read().split()


def ask_age():
    while True:
        try:
            return int(input())
        except ValueError:
            ask_again()


def read_size(path):
    with open(path) as stream:
        return int(stream.read()) * 1024
