"""What people type, files and servers fail; nothing here catches it."""
#! measure unguarded = 16

import json
import sys
import urllib.request
from json import load as get_json
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd
import requests as r

int(input())  #! unguarded-call
float(input("price: ").strip())  #! unguarded-call
width, height = map(int, input().split())  #! unguarded-call
numbers = [int(part) for part in input().split()]  #! unguarded-call
answer = input()
age = int(answer)  #! unguarded-call
int(sys.argv[1])  #! unguarded-call

text = open("prices.txt").read()  #! unguarded-call
Path("prices.txt").read_text()  #! unguarded-call
json.load(stream)  #! unguarded-call
json.loads(stream.read())  #! unguarded-call
get_json(stream)  #! unguarded-call
pd.read_csv("prices.csv")  #! unguarded-call
np.loadtxt("prices.csv")  #! unguarded-call

r.get("https://example.org")  #! unguarded-call
urlopen("https://example.org")  #! unguarded-call
urllib.request.urlopen("https://example.org")  #! unguarded-call
