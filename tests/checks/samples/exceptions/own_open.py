"""A function of the student's own that is called `open`."""


def open(door): ...


open("front")
