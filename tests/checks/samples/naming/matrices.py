"""Where a data set is split, everybody writes a capital for the features."""
#! measure case_violations = 5

from model import split_data


def train(X, y):
    X_train, X_test, y_train, y_test = split_data(X, y)
    X_new, y_new = split_data(X_train, y_train)
    return X_test, y_test, X_new, y_new


def move(X_position):  #! N803
    X_limit = X_position + 1  #! N806
    return X_limit


def hide(price):
    Y_MAX = price  #! N806
    A = split_data(price, Y_MAX)  #! N806 #! single-letter
    xTrain = A  #! N806
    return xTrain
