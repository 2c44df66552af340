"""The same calls, each in a `try` that catches its error."""
#! measure unguarded = 0

import json
import sys
import urllib.request
from json import load as get_json
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd
import requests as r

try:
    int(input())
except (OSError, ValueError) as error:
    print(error)

try:
    float(input("price: ").strip())
except (OSError, ValueError) as error:
    print(error)

try:
    width, height = map(int, input().split())
except (OSError, ValueError) as error:
    print(error)

try:
    numbers = [int(part) for part in input().split()]
except (OSError, ValueError) as error:
    print(error)

try:
    answer = input()
    age = int(answer)
except (OSError, ValueError) as error:
    print(error)

try:
    int(sys.argv[1])
except (OSError, ValueError) as error:
    print(error)

try:
    text = open("prices.txt").read()
except (OSError, ValueError) as error:
    print(error)

try:
    Path("prices.txt").read_text()
except (OSError, ValueError) as error:
    print(error)

try:
    json.load(stream)
except (OSError, ValueError) as error:
    print(error)

try:
    json.loads(stream.read())
except (OSError, ValueError) as error:
    print(error)

try:
    get_json(stream)
except (OSError, ValueError) as error:
    print(error)

try:
    pd.read_csv("prices.csv")
except (OSError, ValueError) as error:
    print(error)

try:
    np.loadtxt("prices.csv")
except (OSError, ValueError) as error:
    print(error)

try:
    r.get("https://example.org")
except (OSError, ValueError) as error:
    print(error)

try:
    urlopen("https://example.org")
except (OSError, ValueError) as error:
    print(error)

try:
    urllib.request.urlopen("https://example.org")
except (OSError, ValueError) as error:
    print(error)
