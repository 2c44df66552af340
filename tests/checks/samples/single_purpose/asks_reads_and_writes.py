"""Asking, reading, printing and writing are jobs, whatever lies between them."""
#! measure mixed_functions = 6

import json
import sqlite3

import pandas as pd
import requests
from bs4 import BeautifulSoup


def find_number(path):  #! mixes-io-and-computing: reads a file (lines 13 and 14), asks (line 15) and prints (line 16)
    with open(path) as stream:
        people = json.load(stream)
    name = input("Name: ")
    print(people[name])


def rename(path):  #! mixes-io-and-computing: asks (line 20), reads a file (lines 22 and 23) and writes a file (lines 25 and 26)
    old, new = input("Old name: "), input("New name: ")
    people = {}
    with open(path) as stream:
        people = json.load(stream)
    people[new] = people.pop(old)
    with open(path, "w") as stream:
        json.dump(people, stream)


def count_failed(path):  #! mixes-io-and-computing: reads a file (line 31), counts (line 33) and prints (line 35)
    failed = 0
    for line in open(path):
        mark = int(line)
        if mark < 50:
            failed += 1
    print(failed, "have failed")


def scrape(url, path):  #! mixes-io-and-computing: uses the network (line 39), takes a page apart (line 40) and writes a file
    page = requests.get(url, timeout=9)
    soup = BeautifulSoup(page.text, "html.parser")
    with open(path, "w") as stream:
        for title in soup.select("h2"):
            stream.write(title.text.strip() + "\n")


# Four means that are printed are computed and printed.
def describe(people: pd.DataFrame):  #! mixes-io-and-computing: works on a table (lines 48, 49 and 50) and prints (lines 51 and 52)
    oldest = people["age"].max()
    youngest = people["age"].min()
    common = people["town"].mode()
    print("From", youngest, "to", oldest)
    print("Most live in", common)


def load(path, rows):  #! mixes-io-and-computing: selects and collects (line 65) and prints (line 70)
    with open(path) as stream:
        names = [line.strip() for line in stream.readlines()]
    base = sqlite3.connect("people.db")
    base.execute("CREATE TABLE people (name, town)")
    kept = []
    for name, row in zip(names, rows):
        first = name.split()[0].title()
        town = row.get("town") or "none"
        if first and town not in ("none", "unknown"):
            kept.append((first, town))
    for person in kept:
        base.execute("INSERT INTO people VALUES (?, ?)", person)
        check(person)
    base.commit()
    print("There are", len(kept))
    base.close()


# How many came is progress.
def download_all(urls, folder):
    done = 0
    for url in urls:
        page = requests.get(url, timeout=9)
        if page.ok:
            (folder / url).write_text(page.text)
            done += 1
    print(done, "of", len(urls))


def scrape_titles(url):
    soup = BeautifulSoup(requests.get(url, timeout=9).text, "html.parser")
    return [title.text.strip() for title in soup.select("h2")]


# That there is nothing to divide is no result.
def divide(first, second):
    if second == 0:
        print("There is nothing to divide by")
    else:
        return first / second


def print_oldest(people):
    people = people.sort_values("age")
    print(people.head())
