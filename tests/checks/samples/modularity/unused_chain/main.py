from prices import load, show  #! main-starts-little
from tools import double


def main():
    show(load())


if __name__ == "__main__":
    main()
