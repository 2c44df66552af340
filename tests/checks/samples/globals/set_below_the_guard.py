"""A variable that is set below the guard does not exist when the file is imported."""
#! measure functions_using_globals = 1


def count_words():
    return len(text.split())  #! reads-global: `count_words` reads `text`


if __name__ == "__main__":
    text = "to be or not to be"
