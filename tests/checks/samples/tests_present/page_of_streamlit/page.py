#! measure untested_functions = 2
import pandas as pd
import streamlit as st


def show(rows):
    st.title("Prices")
    st.dataframe(rows)


def ask():
    town = st.selectbox("Town", ["Aba", "Bonn"])
    return town


def load(path):  #! untested-function
    rows = pd.read_csv(path)
    st.write("loaded")
    return rows.dropna()


def report(rows):  #! untested-function
    total = 0
    for row in rows:
        if row > 3:
            total += row
        else:
            total -= 1
    mean = total / len(rows)
    rounded = round(mean, 2)
    best = max(rows)
    worst = min(rows)
    spread = best - worst
    st.write(rounded, spread)
