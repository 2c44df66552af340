#! unreached-module: `app.py` never imports this file
#! measure guarded_main = 1
import csv


def read():
    return list(csv.reader(open("prices.csv")))


if __name__ == "__main__":
    print(read())
