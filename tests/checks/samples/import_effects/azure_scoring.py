"""A scoring script of Azure ML has `init` and `run`, and nothing runs on import."""
#! measure effects = 0

import json
import logging

import joblib
from azureml.core.model import Model

logging.basicConfig(level=logging.INFO)


def init():
    global model
    model = joblib.load(Model.get_model_path("prices"))


def run(text):
    return json.dumps(model.predict(json.loads(text)).tolist())
