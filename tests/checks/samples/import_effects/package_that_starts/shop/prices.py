"""The prices of a shop."""
#! measure effects = 1


def main():
    print(3)
