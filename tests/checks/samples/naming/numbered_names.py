"""A number at the end does not say how two things differ."""


def func1():  #! numbered-name #! no-verb
    return 1


def add(num1, num2):  #! numbered-name: `num1` #! numbered-name: `num2`
    return num1 + num2


def run(step1, step2, step3):  #! numbered-name #! numbered-name #! numbered-name
    return step1, step2, step3


df1 = run(1, 2, 3)  #! numbered-name: The variable `df1` differs from others only by a number
df2 = run(4, 5, 6)  #! numbered-name

rows = add(1, 2)
rows2 = add(3, 4)  #! numbered-name

list_3 = func1()  #! numbered-name
a1 = a2 = a3 = a4 = func1()  #! numbered-name #! numbered-name #! numbered-name #! numbered-name
