"""Calls that look alike and cannot fail, or whose caller is to judge."""

import os

int("12")
open("report.txt", "w")
open("report.txt", mode="a")
open(__file__)
shelf.open("a")
print(input())

answer = input()
if answer.isdigit():
    int(answer)

path = "prices.txt"
if os.path.exists(path):
    open(path)


def load(path):
    return open(path)
