"""Letters that come together, or that a library's guide writes, are known to everybody."""
#! measure unclear_names = 10

import json
from queue import Queue

import requests

from colours import on_event, read
from pydantic import BaseModel, validator

frame = read()
h, w = frame.shape[:2]
d = frame.shape[2]


def mix(r, g, b):
    print(r, g, b)


def wait(h, m, s):
    print(h, m, s)


def share(price):
    q, r = divmod(price, 3)
    print(q, r)


def wait_in_line():
    q = Queue()
    return q


def fetch_page():
    r = requests.get("/")
    return r.text


def on_click(e):
    print(e)


def show(e):  #! single-letter
    print(e)


class Encoder(json.JSONEncoder):
    def default(self, o):
        return o.name


class Row(BaseModel):
    @validator("name")
    def check_name(cls, v):
        return v.strip()

    def check_price(self, v):  #! single-letter
        return v


def find_roots(a, b, c):
    root = b**2 - 4 * a * c
    print("The roots are", root)


def print_all(a, b, c):  #! single-letter #! single-letter #! single-letter
    print("all " + a + b + c)


t = requests.get("/")  #! single-letter
r = read()  #! single-letter
s = read()  #! single-letter


def paint(g, price):  #! single-letter
    return on_event(g, price)


def paint_red(w):  #! single-letter
    return w
