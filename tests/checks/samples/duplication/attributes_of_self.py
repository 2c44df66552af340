import tkinter as tk


class Page(tk.Frame):
    def __init__(self, parent):
        super().__init__(parent)
        self.header = tk.Frame(master=self, bg="black")
        self.header.pack(fill=tk.BOTH)
        self.header.grid_rowconfigure(0, weight=1)
        self.footer = tk.Frame(master=self, bg="white")  #! repeated-in-a-row: repeat lines 7-9
        self.footer.pack(fill=tk.BOTH)
        self.footer.grid_rowconfigure(0, weight=2)
        self.answer = tk.Label(master=self, text="?")
        self.answer.pack(side=tk.LEFT)
        self.start = tk.Button(master=self, text="Start")
        self.start.pack(side=tk.LEFT)
