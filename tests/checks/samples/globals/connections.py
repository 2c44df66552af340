"""A camera, a database, its cursor, a file and a chart that functions work with are shared."""
#! measure functions_using_globals = 6

import socket
import sqlite3

import cv2
import matplotlib.pyplot as plt

camera = cv2.VideoCapture(0)
connection = sqlite3.connect("shop.db")
cursor = connection.cursor()
log_file = open("log.txt", "a")
server = socket.socket()
figure, axes = plt.subplots()


def take_picture():
    return camera.read()  #! reads-global: `take_picture` reads `camera`


def save(name):
    cursor.execute("INSERT INTO names VALUES (?)", (name,))  #! reads-global: `save` reads `cursor`
    connection.commit()  #! reads-global: `save` reads `connection`


def note(text):
    log_file.write(text)  #! reads-global: `note` reads `log_file`


def accept():
    return server.accept()  #! reads-global: `accept` reads `server`


def draw(values):
    axes.clear()  #! reads-global: `draw` reads `axes`
    axes.plot(values)


def redraw():
    figure.canvas.draw()  #! reads-global: `redraw` reads `figure`


def count(database):
    return database.execute("SELECT COUNT(*) FROM names").fetchone()
