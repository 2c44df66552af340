"""What runs below the guard only makes no script of the file."""
#! measure functions_using_globals = 0

from dictionary import load_words

words = load_words("english.txt")


def is_word(text):
    return text in words


if __name__ == "__main__":
    while True:
        print(is_word(input("A word: ")))
