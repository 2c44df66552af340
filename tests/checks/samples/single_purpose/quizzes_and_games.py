"""A quiz that asks, judges, counts and prints; a game loop with keys, rules and pictures."""
#! measure mixed_functions = 8

import random

import pygame
import streamlit as st


def quiz(questions):  #! mixes-io-and-computing: asks (line 13), judges the answer (line 14) and prints (lines 16 and 17)
    score = 0
    for question, right in questions:
        answer = input(question)
        if answer.lower() == right:
            score += 1
            print("Right!")
    print("You have", score)


# Whether the right answer is a constant does not matter.
def main():  #! mixes-io-and-computing: judges the answer (line 24)
    score = 0
    town = input("Capital of France? ")
    if town == "Paris":
        score += 1
    print(f"{score} of 1")


def guess():  #! mixes-io-and-computing: judges the answer (lines 32, 34 and 36)
    secret = random.randint(1, 100)
    number = 0
    while number != secret:
        number = int(input("Number: "))
        if number < secret:
            print("More")
        elif number > secret:
            print("Less")


# A helper judges, and the function counts.
def compare(pairs):  #! mixes-io-and-computing
    score = 0
    for first, second in pairs:
        choice = input("A or B? ")
        if is_right(first, second, choice):
            score += 1
            print("Right! You have", score)


class Page:
    def ask(self):  #! mixes-io-and-computing
        number = st.number_input("Number")
        if number == self.secret:
            self.points += 1
            st.write("Right!", self.points)


def play(screen, ball, player, clock):  #! mixes-io-and-computing: computes
    while True:
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return
        if pygame.key.get_pressed()[pygame.K_LEFT]:
            player.x -= player.speed
        ball.x = ball.x + ball.dx * ball.speed
        ball.y = ball.y + ball.dy * ball.speed
        screen.fill("black")
        pygame.draw.circle(screen, "red", (ball.x, ball.y), 9)
        pygame.display.flip()
        clock.tick(60)


def deal(cards):  #! mixes-io-and-computing: decides what happens
    mine, yours = [cards.pop()], [cards.pop()]
    while True:
        print("You have", sum(yours))
        choice = input("Another card? ")
        if choice == "y":
            yours.append(cards.pop())
            if sum(yours) > 21:
                print("Too many:", sum(yours))
                break
        elif choice == "n":
            while sum(mine) < 17:
                mine.append(cards.pop())
            if sum(mine) > 21:
                print("I have too many:", sum(mine))
            elif sum(mine) > sum(yours):
                print("I win with", sum(mine))
            elif sum(mine) == sum(yours):
                print("A draw at", sum(mine))
            else:
                print("You win with", sum(yours))
            break
        else:
            print("What is", choice)
    keep(mine, yours)


# To make sure of a valid answer is asking.
def ask_level(levels):
    tries = 0
    while tries < 3:
        level = int(input("Level: "))
        if level in levels:
            return level
        print("One of", levels)
        tries += 1


def ask_password():
    first = input("Password: ")
    second = input("Again: ")
    while first != second:
        print("They differ")
        second = input("Again: ")
    return first


# A menu calls a function for each choice.
def menu(book):
    while True:
        choice = input("Command: ")
        if choice == "add":
            book.add()
        elif choice == "list":
            book.list()
        elif choice == "quit":
            break
        else:
            print("There is no", choice)


def draw(screen, ball, speed):
    screen.fill("black")
    for column in range(9):
        pygame.draw.line(screen, "grey", (column * 50, 0), (column * 50, 400))
    screen.blit(ball.picture, (ball.x - ball.size / 2, ball.y - ball.size / 2))
    pygame.display.flip()


# The loop of a game, each part of which is a function.
async def run_game(game, screen, clock):
    while game.running:
        seconds = clock.tick(60) / 1000
        for event in pygame.event.get():
            game.handle(event)
        game.update(seconds)
        game.draw(screen)
        pygame.display.flip()


def is_right(first, second, choice):
    return (first > second) == (choice == "A")


def move(board, player, other, start, end):  #! mixes-io-and-computing: decides what happens (lines 159 to 178) and prints
    piece = board.pop(start, None)
    if piece is None:
        print(player, "has no piece there")
        player.warnings.append(start)
        player.turns -= 1
    elif end in board:
        taken = board.pop(end)
        if taken.owner == player:
            board[end] = taken
            board[start] = piece
            print(player, "is in the way")
        else:
            other.lost.append(taken)
            board[end] = piece
            player.points.append(taken.worth)
    else:
        board[end] = piece
    if piece and piece.at_end(end):
        piece.promote()
        player.kings.append(piece)
    if other.pieces == other.lost:
        player.wins.append(board.copy())
        board.clear()
        print(player, "wins")
    else:
        player.turns += 1
        other.turns.append(end)


# One of many messages is one thing to say.
def tell(weather):
    if weather.rain > 9:
        print("It pours in", weather.town)
    elif weather.rain > 4:
        print("It rains in", weather.town)
    elif weather.rain > 0:
        print("It drizzles in", weather.town)
    elif weather.snow > 9:
        print("It snows in", weather.town)
    elif weather.snow > 0:
        print("There is snow in", weather.town)
    elif weather.wind > 9:
        print("It storms in", weather.town)
    elif weather.wind > 4:
        print("It is windy in", weather.town)
    elif weather.sun > 9:
        print("It is hot in", weather.town)
    elif weather.sun > 0:
        print("The sun shines in", weather.town)
    elif weather.moon > 0:
        print("The moon shines in", weather.town)
    else:
        print("It is dark in", weather.town)
