import argparse

from shop.store import clear, load, log, save, show


def parse(words):
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("add").add_argument("name")
    commands.add_parser("clear")
    counting = commands.add_parser("count")
    counting.set_defaults(run=count)
    return parser.parse_args(words)


def count(arguments):
    print(len(load()))


def main(words=None):
    arguments = parse(words)
    if arguments.command == "add":
        save(arguments.name)
        show(load())
    elif arguments.command == "clear":
        clear()
    elif arguments.run:
        arguments.run(arguments)
    if not load():
        log()


if __name__ == "__main__":
    main()
