"""Reading, cleaning, grouping, drawing and saving are five jobs: only the grouping is the answer."""
#! measure mixed_functions = 9

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns


def analyse_sales(path):  #! mixes-io-and-computing: reads a file (line 10), works on a table (lines 11 and 12), draws a chart (line 13) and writes a file (line 14)
    sales = pd.read_csv(path)
    sales = sales.dropna()
    totals = sales.groupby("town")["price"].sum()
    totals.plot(kind="bar")
    totals.to_csv("totals.csv")


# The helpers do some of it, and the rest is still several things.
def compare_towns(path):  #! mixes-io-and-computing: reads a file (line 19), works on a table (lines 21 and 22) and draws a chart (lines 23 and 24)
    sales = pd.read_csv(path)
    sales = clean(sales)
    totals = sales.groupby("town").sum()
    best = totals.nlargest(3, "price")
    figure, axes = plt.subplots()
    axes.bar(best.index, best["price"])


# A frame of unknown origin is still a frame: nothing else has these methods.
def describe(rows, target):  #! mixes-io-and-computing: works on a table
    rows = rows.dropna().drop_duplicates()
    rows.to_csv(target)
    print(rows.describe())


class Report:
    def __init__(self, path):
        self.sales = pd.read_csv(path)

    def summarise(self):  #! mixes-io-and-computing: works on a table
        self.totals = self.sales.groupby("town").sum()
        self.totals = self.totals.sort_values("price")
        sns.barplot(data=self.totals)
        self.totals.to_excel("totals.xlsx")


def main():  #! mixes-io-and-computing
    sales = pd.read_excel("sales.xlsx")
    means = sales.dropna().groupby("town").mean()
    print(means)
    means.plot()
    plt.savefig("means.png")


def share_of_visitors(path):  #! mixes-io-and-computing: reads a file (line 54) and computes (line 55)
    visits = pd.read_csv(path)
    return visits["paid"].sum() / visits["all"].sum()


def clean(sales: pd.DataFrame, log):  #! mixes-io-and-computing: works on a table
    with open(log, "w") as stream:
        stream.write("cleaning")
    cleaned = sales.fillna(0).replace(-1, 0)
    print(len(sales) - len(cleaned))
    return cleaned


# A column that is computed is a step, too.
def load_sales(path, cursor):  #! mixes-io-and-computing: reads a file (line 68), computes (lines 69 and 70) and uses a database (line 71)
    sales = pd.read_csv(path)
    sales["total"] = sales["price"] * sales["count"]
    sales["share"] = sales["total"] / sales["total"].sum()
    cursor.executemany("INSERT INTO sales VALUES (?, ?)", sales[["town", "share"]].values)


def sync(path, base):  #! mixes-io-and-computing: reads a file (line 75), uses a database (line 76) and works on a table
    sales = pd.read_csv(path)
    known = base.execute("SELECT town FROM sales").all()
    sales = sales[~sales["town"].isin(known)].drop_duplicates()
    return sales


# To make dates of texts belongs to reading.
def read_sales(path):
    sales = pd.read_csv(path)
    sales["day"] = pd.to_datetime(sales["day"])
    sales["price"] = sales["price"].astype(float)
    print(len(sales))
    return sales
