"""Pens and screens of the module that functions draw on; the star import does not hide them."""
#! measure functions_using_globals = 3

from turtle import *

window = Screen()
window.title("Pong")
pen = Turtle()
ball = Turtle()


def write_score(score):
    pen.clear()  #! reads-global: `write_score` reads `pen`
    pen.write(score)


def move_ball():
    ball.setx(ball.xcor() + 2)  #! reads-global: `move_ball` reads `ball`


def close():
    window.bye()  #! reads-global: `close` reads `window`


def draw_square(tortoise):
    for _ in range(4):
        tortoise.forward(50)
        tortoise.right(90)


window.listen()
window.onkey(move_ball, "Up")
window.mainloop()
