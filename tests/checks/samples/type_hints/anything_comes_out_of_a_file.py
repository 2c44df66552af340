"""What a file holds is not known before it is read: ``Any`` is the truth there, and only there."""
#! measure any_hints = 3

import json
import pickle
import sqlite3
from typing import Any


def load_model(path: str) -> Any:
    with open(path, "rb") as file:
        model = pickle.load(file)
    return model


def read_settings(text: str) -> Any:
    return json.loads(text)


def __getattr__(name: str) -> Any:
    return globals()["_" + name]


def count_rows(path: str) -> Any:  #! any-hint
    with open(path, "rb") as file:
        rows = pickle.load(file)
    return len(rows)


def fetch_rows(cursor: sqlite3.Cursor) -> Any:  #! any-hint
    return cursor.fetchall()


def read_part(text: str, key: Any) -> Any:  #! any-hint: `key`
    return json.loads(text)
