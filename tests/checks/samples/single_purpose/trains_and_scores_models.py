"""Loading, training, scoring, saving and printing are several jobs; training alone is one."""
#! measure mixed_functions = 7

import pickle

import joblib
import pandas as pd
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from tensorflow import keras


def run(path):  #! mixes-io-and-computing: reads a file (line 16), trains a model (line 19), scores a model (line 20), writes a file (line 21) and prints (line 22)
    rows = pd.read_csv(path)
    train, test, train_labels, test_labels = train_test_split(rows, rows.pop("label"))
    model = LogisticRegression()
    model.fit(train, train_labels)
    accuracy = accuracy_score(test_labels, model.predict(test))
    joblib.dump(model, "model.pkl")
    print(f"Accuracy: {accuracy:.2f}")


# The model is an argument, and `fit` is what a model does.
def train_and_report(model, rows, labels):  #! mixes-io-and-computing: trains a model (line 27), scores a model (line 29) and writes a file #! and-in-name
    model.fit(rows, labels)
    predicted = model.predict(rows)
    score = accuracy_score(labels, predicted)
    with open("model.pkl", "wb") as stream:
        pickle.dump((model, score), stream)


def train_pictures(pictures, labels):  #! mixes-io-and-computing: trains a model (line 37), scores a model (line 38), prints (line 39) and writes a file (line 40)
    model = keras.Sequential([keras.layers.Dense(10)])
    model.compile(loss="mse")
    model.fit(pictures, labels, epochs=5)
    loss = model.evaluate(pictures, labels)
    print("Loss:", loss)
    model.save("model.keras")


def main():  #! mixes-io-and-computing
    rows = pd.read_csv("rows.csv")
    model = LogisticRegression()
    model.fit(rows[["age"]], rows["label"])
    print(model.score(rows[["age"]], rows["label"]))


class Trainer:
    def run_epochs(self, loader):  #! mixes-io-and-computing: trains a model (line 54), computes (line 58), prints (line 59) and writes a file (line 60)
        wrong = 0
        for pictures, labels in loader:
            self.optimizer.zero_grad()
            loss = self.loss(self.model(pictures), labels)
            loss.backward()
            self.optimizer.step()
            wrong += loss.item()
        print("loss", wrong / len(loader))
        torch.save(self.model, "model.pt")


def keep_model(rows, labels, path):  #! mixes-io-and-computing: trains a model (line 65) and writes a file (line 66)
    model = LogisticRegression()
    model.fit(rows, labels)
    joblib.dump(model, path)


def fit_file(path):  #! mixes-io-and-computing: reads a file (line 70) and trains a model (line 71)
    rows = pd.read_csv(path)
    return LogisticRegression().fit(rows[["age"]], rows["label"])


def fit(rows, labels):
    model = LogisticRegression()
    model.fit(rows, labels)
    return model


def evaluate(model, rows, labels):
    predicted = model.predict(rows)
    return {"accuracy": accuracy_score(labels, predicted)}


# What training shows of its progress belongs to training.
def train_with_progress(model, loader, optimizer):
    for epoch in range(10):
        for pictures, labels in loader:
            optimizer.zero_grad()
            loss = model(pictures, labels)
            loss.backward()
            optimizer.step()
        print(f"Epoch {epoch + 1}: {loss.item():.3f}")


def load_model(path):
    model = torch.load(path)
    model.eval()
    return model
