"""A file that does nothing but define may compute a value that its functions read."""
#! measure functions_using_globals = 0

from dictionary import load_words

words = load_words("english.txt")


def is_word(text):
    return text in words
