#! measure coverage = 0
#! measure untested_functions = 1
import pygame


def draw(screen, image, place):  #! nothing-to-call: No test can call `draw`
    screen.blit(image, place)
    pygame.display.flip()


def run(screen, image):
    place = [0, 0]
    while True:
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return
        keys = pygame.key.get_pressed()
        if keys[pygame.K_LEFT]:
            place[0] -= 5
        if keys[pygame.K_RIGHT]:
            place[0] += 5
        draw(screen, image, place)
