"""Libraries print, read, write and store too; a warning or a picture of a game is no result."""
#! measure mixed_functions = 4

import sqlite3
import warnings

import click
import cv2
import pandas as pd
import pygame

base = sqlite3.connect("shop.db")


def add_aloud(prices):  #! mixes-io-and-computing
    click.echo("adding")
    total = 0
    for price in prices:
        total += price
    keep(total)


def add_prices_of_file():  #! mixes-io-and-computing
    prices = pd.read_csv("prices.csv")
    total = 0
    for price in prices:
        total += price
    keep(total)


def add_to_picture(prices, picture):  #! mixes-io-and-computing
    cv2.imwrite("prices.png", picture)
    total = 0
    for price in prices:
        total += price
    keep(total)


def add_in_database(prices):  #! mixes-io-and-computing
    base.commit()
    total = 0
    for price in prices:
        total += price
    keep(total)


def add_or_warn(prices):
    warnings.warn("no prices")
    total = 0
    for price in prices:
        total += price
    keep(total)


def add_coins(prices):
    pygame.image.load("coin.png")
    total = 0
    for price in prices:
        total += price
    keep(total)


# Without parentheses nothing is called, so nothing is closed.
def add_without_closing(prices):
    base.close
    total = 0
    for price in prices:
        total += price
    keep(total)
