"""The window of a game belongs to the whole file, and so does all that moves in it."""
#! measure functions_using_globals = 5

import pygame

from sprites import Player

WIDTH = 600
BLACK = (0, 0, 0)

pygame.init()
screen = pygame.display.set_mode((WIDTH, 400))
clock = pygame.time.Clock()
font = pygame.font.Font(None, 36)
sky = pygame.image.load("sky.png").convert()
walls = pygame.sprite.Group()
player_box = pygame.Rect(0, 0, 20, 20)
speed = 3


def draw_sky():
    screen.blit(sky, (0, 0))  #! reads-global: `draw_sky` reads `screen`


def draw_text(text):
    image = font.render(text, True, BLACK)
    screen.blit(image, (10, 10))  #! reads-global: `draw_text` reads `screen`


def wait():
    clock.tick(60)  #! reads-global: `wait` reads `clock`


def add_wall(wall):
    walls.add(wall)  #! changes-global: `add_wall` changes `walls`


def move_right():
    player_box.x += speed  #! changes-global: `move_right` changes `player_box.x`


# A function that is given the window relies on nothing; pictures, fonts and numbers are constants.
def draw(window, player: Player):
    window.blit(sky, player.position)
    return font.size("Score")
