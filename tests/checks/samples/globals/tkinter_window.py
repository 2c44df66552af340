"""What a button calls reads the fields of the window from the module."""
#! measure functions_using_globals = 3

import tkinter as tk
from tkinter import ttk

root = tk.Tk()
entry = tk.Entry(root)
label = ttk.Label(root, text="")
unit = tk.StringVar(value="km")
picture = tk.PhotoImage(file="map.png")


def convert():
    miles = float(entry.get()) * 0.62  #! reads-global: `convert` reads `entry`
    label.config(text=miles)  #! reads-global: `convert` reads `label`


def get_unit():
    return unit.get()  #! reads-global: `get_unit` reads `unit`


def close():
    root.destroy()  #! reads-global: `close` reads `root`


# A class keeps its fields itself; a picture that is loaded once is a constant.
class Window:
    def __init__(self, parent):
        self.entry = tk.Entry(parent)
        self.picture = picture

    def read(self):
        return self.entry.get()


entry.pack()
root.mainloop()
