#! measure untested_functions = 3
import argparse

import cv2


def read_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    return parser.parse_args()


def parse(words):  #! untested-function
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    return parser.parse_args(words)


def menu(names):
    while True:
        choice = input("> ")
        if choice == "q":
            break
        names.append(choice)


def ask_number(text):  #! untested-function
    while True:
        try:
            return int(input(text))
        except ValueError:
            print("a number, please")


def watch(number):
    camera = cv2.VideoCapture(number)
    found, frame = camera.read()
    cv2.imshow("camera", frame)


def mark(frame, x, y):  #! untested-function
    cv2.circle(frame, (x, y), 3, (0, 0, 255))
    return frame
