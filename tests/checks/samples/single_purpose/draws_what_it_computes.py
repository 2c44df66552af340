"""A chart is output as well: compute its numbers elsewhere."""
#! measure mixed_functions = 1

import matplotlib.pyplot as plt


def plot_squares(numbers):  #! mixes-io-and-computing
    for number in numbers:
        square = number**2
    plt.plot(numbers, square)
