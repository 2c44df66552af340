"""A capital that computes nothing is only a wrong case."""
#! measure case_violations = 3

import prices as P  #! N812


def load(shop):
    X = shop.open_door()  #! N806
    Y_door = X  #! N806
    return Y_door


def get_force(m, a):
    F = m * a
    return F
