#! measure coverage = 50
import tkinter as tk
from tkinter import messagebox


class Calculator(tk.Tk):
    def __init__(self):
        super().__init__()
        self.title("Wages")
        self.hours = tk.Entry(self)
        self.label = tk.Label(self)
        self.history = []

    def build(self):
        self.hours.pack()
        self.label.pack()
        tk.Button(self, text="Go", command=self.show).pack()

    def show(self):
        hours = float(self.hours.get())
        self.label.config(text=str(self.wage(hours)))

    def wage(self, hours):
        extra = max(0, hours - 40)
        return hours * 10 + extra * 5

    def remember(self, wage):  #! untested-function: `Calculator.remember`
        self.history.append(wage)
        if len(self.history) > 9:
            self.history.pop(0)

    def warn(self):
        messagebox.showerror("Wages", "a number is needed")
