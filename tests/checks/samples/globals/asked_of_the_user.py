"""What a person types is different each time; a function should be given it."""
#! measure functions_using_globals = 3
#! measure functions_changing_globals = 0

name = input("Your name: ")
limit = int(input("Limit: "))


def greet():
    return "Hello " + name  #! reads-global: `greet` reads `name`


def sort_by_distance(numbers):
    return sorted(numbers, key=lambda number: number - limit)  #! reads-global: `sort_by_distance`


def repeat(times):
    return [word for _ in range(times)]  #! reads-global: `repeat` reads `word`


word = input("A word: ")
