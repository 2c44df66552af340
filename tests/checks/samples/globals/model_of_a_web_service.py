"""A web service loads its model once, as it starts; its routes cannot be given it."""
#! measure functions_using_globals = 0

import joblib
from flask import Flask, request

app = Flask(__name__)
model = joblib.load("model.joblib")


@app.post("/predict")
def predict():
    return {"price": model.predict([request.json["size"]])[0]}
