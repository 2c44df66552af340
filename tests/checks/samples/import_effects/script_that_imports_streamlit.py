"""What computes, reads or prints is no part of a page, wherever it stands."""
#! measure effects = 5

import pandas as pd
import streamlit as st

st.title("Prices")
rows = pd.read_csv("prices.csv")  #! reads-on-import
print(rows)  #! prints-on-import
for row in rows.itertuples():  #! runs-on-import
    st.write(row)
while rows.empty:  #! runs-on-import
    rows.append(input())  #! asks-on-import
