"""One purpose may take several steps, and a little of everything."""
#! measure unfocused_functions = 0

import argparse
import csv
import json
import sqlite3
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import requests
from flask import Flask, jsonify, request
from PIL import Image

app = Flask(__name__)


class Pictures:
    def __init__(self, folder):
        self.rows = pd.read_csv(folder / "labels.csv").dropna().drop_duplicates()
        self.size = len(self.rows) * 2 - len(self.rows) / 2
        print("pictures:", len(self.rows))

    # An item is handed out in the form that was promised.
    def __getitem__(self, index):
        picture = Image.open(self.rows.path[index])
        pixels = np.array(picture) / 255
        pixels = (pixels - self.mean) / self.deviation
        return pixels, self.rows.label[index]


# The printed share shows how far the download is.
def download(url, path):
    with requests.get(url, stream=True, timeout=9) as answer:
        size = int(answer.headers["Content-Length"])
        done = 0
        with open(path, "wb") as stream:
            for part in answer.iter_content(8192):
                stream.write(part)
                done += len(part)
                share = done / size * 100
                print(f"{share:.0f} %")


def main():
    rows = read_rows("rows.csv")
    means = compute_means(rows)
    plot_means(rows["town"], means)
    print_report(means)
    print("Done:", len(rows))


def read_rows(path):
    rows = {"town": [], "price": []}
    with open(path, newline="") as stream:
        for row in csv.DictReader(stream):
            rows["town"].append(row["town"].strip())
            rows["price"].append(float(row["price"].replace(",", ".")))
    return rows


def read_table(path):
    table = pd.read_csv(path, sep=";")
    table["date"] = pd.to_datetime(table["date"])
    table = table.dropna()
    return table.rename(columns=str.lower)


def compute_means(rows):
    return {town: np.mean(prices) for town, prices in rows.items()}


def print_report(means):
    width = max(map(len, means)) + 2
    print("Town".ljust(width), "Mean")
    for town, mean in means.items():
        print(town.ljust(width), f"{mean:8.2f}")
    print("-" * width)
    print("Best:", max(means, key=means.get))


def plot_means(towns, means):
    places = np.arange(len(towns))
    width = 0.8 / len(means)
    figure, axes = plt.subplots()
    axes.bar(places - width / 2, means, width)
    axes.set_xticks(places)
    axes.set_ylabel("mean")
    figure.savefig("means.png")


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--size", type=int)
    arguments = parser.parse_args()
    if arguments.size < 0:
        print("no negative size", file=sys.stderr)
        sys.exit(1)
    return arguments


@app.route("/books", methods=["POST"])
def add_book():
    title = request.form.get("title", "")
    if not title:
        return jsonify(error="no title"), 400
    connection = sqlite3.connect("books.db")
    connection.execute("INSERT INTO books VALUES (?)", (title,))
    connection.commit()
    return jsonify(title=title), 201


@app.route("/books")
def list_books():
    page = int(request.args.get("page", 1))
    start = (page - 1) * 20
    connection = sqlite3.connect("books.db")
    rows = connection.execute("SELECT * FROM books LIMIT 20 OFFSET ?", (start,)).fetchall()
    return jsonify(rows)


# To read, change and write a file is one change of a file.
def add_note(path, text):
    with open(path) as stream:
        notes = json.load(stream)
    notes.append(text)
    with open(path, "w") as stream:
        json.dump(notes, stream)
    print("There are", len(notes), "notes")


# What cannot be divided is reported, not a result.
def divide_all(pairs):
    for first, second in pairs:
        if second == 0:
            print("cannot divide", first)
            continue
        keep(first / second)


def read_ratio(path):
    try:
        with open(path) as stream:
            rows = json.load(stream)
    except FileNotFoundError:
        print("There is no", path)
        return None
    return rows["ratio"]
