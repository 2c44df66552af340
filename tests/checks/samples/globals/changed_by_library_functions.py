"""A function of the library that changes its argument changes the module's list."""
#! measure functions_using_globals = 6
#! measure functions_changing_globals = 5

import heapq
import random
from bisect import insort
from random import shuffle

questions = ["Two plus two?", "Three plus three?", "Four plus four?"]
cards = list(range(52))
waiting = []
scores = [1, 5, 9]
board = [[0, 0], [0, 0]]
ANSWERS = ["four", "six", "eight"]


def mix_questions():
    random.shuffle(questions)  #! changes-global: `mix_questions` changes `questions`


def ask(number):
    return questions.pop(number)  #! changes-global: `ask` changes `questions`


def deal():
    shuffle(cards)  #! changes-global: `deal` changes `cards`
    return cards[:5]


def wait(name, rank):
    heapq.heappush(waiting, (rank, name))  #! changes-global: `wait` changes `waiting`


def add_score(score):
    insort(scores, score)  #! changes-global: `add_score` changes `scores`


def count_questions():
    return len(questions)  #! reads-global: `count_questions` reads `questions`


# These functions of the library change nothing, and `mix` changes what it was given.
def draw():
    return random.choice(ANSWERS), random.sample(ANSWERS, 2), heapq.nlargest(2, board)


def mix(answers):
    random.shuffle(answers)
    return answers


def mix_own():
    cards = [1, 2, 3]
    random.shuffle(cards)
    return cards
