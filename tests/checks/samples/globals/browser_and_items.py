"""A browser, an item of a canvas, and an object that belongs to a window program."""
#! measure functions_using_globals = 4

from tkinter import Canvas, Tk

from selenium import webdriver


class Timer:
    def __init__(self):
        self.minutes = 3


driver = webdriver.Chrome()
root = Tk()
canvas = Canvas(root)
text = canvas.create_text(10, 10, text="00:00")
parts = [root, canvas]
timer = Timer()


def open_shop():
    driver.get("https://shop.example")  #! reads-global: `open_shop` reads `driver`


def show(minutes):
    return text, minutes  #! reads-global: `show` reads `text`


def clear():
    for part in parts:  #! reads-global: `clear` reads `parts`
        part.destroy()


def get_minutes():
    return timer.minutes  #! reads-global: `get_minutes` reads `timer`


root.mainloop()
