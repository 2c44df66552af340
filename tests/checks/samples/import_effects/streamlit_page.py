"""A page of Streamlit runs from top to bottom at every click: that is how it is written."""
#! measure effects = 0

import pandas as pd
import streamlit as st

from shop.prices import get_total, load_prices

st.set_page_config(page_title="Prices")
st.title("Prices")

if "visits" not in st.session_state:
    st.session_state.visits = 0
st.session_state["visits"] += 1


@st.cache_data
def load(path):
    return pd.read_csv(path)


path = st.sidebar.text_input("File", "prices.csv")
rows = load(path)
left, right = st.columns(2)
with left:
    st.dataframe(rows)
right.metric("Total", get_total(rows))
if st.button("Again"):
    load_prices(path)
    st.rerun()
tabs = st.tabs(["Table", "Chart"])
with tabs[0]:
    st.line_chart(rows)
