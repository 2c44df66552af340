"""A `while` loop makes the file a script, and the variable that it sets one that changes."""
#! measure functions_using_globals = 1

import turtle

while turtle.ycor() < 100:
    turtle.forward(10)
    direction = "up"


def describe():
    return "moving " + direction  #! reads-global: `describe` reads `direction`
