"""What stands side by side has its place as a number."""
#! measure unclear_names = 5

import matplotlib.pyplot as plt
import streamlit as st

figure, (ax1, ax2) = plt.subplots(1, 2)
col1, col2 = st.columns(2)
tab1, tab2, tab3 = st.tabs(["a", "b", "c"])
chart_col1, chart_col2 = st.columns([2, 1])
cols1 = st.columns(5)
cols2 = st.columns(5)
left1 = figure.add_subplot(121)
left2 = left1.twinx()
player1 = player2 = day1 = day2 = None


def draw(ax1, ax2, ax3):
    return ax1, ax2, ax3


def load():
    row1, row2 = draw(1, 2, 3)  #! numbered-name #! numbered-name
    return row1, row2


box1 = 3  #! numbered-name
box2 = 4  #! numbered-name
cols3 = load()
x1, y1, x2, y2, x3, y3, x4, y4 = load()
lx1 = ly1 = lx2 = ly2 = rx1 = ry2 = 0
start_x1, start_y1, start_x2, start_y2 = load()
row1 = st.columns(2)
row2 = load()
rows = load()
rows2 = load()  #! numbered-name
