"""Azure ML calls `init` once and then `run` for each request: they have to share the model."""
#! measure functions_using_globals = 1
#! measure functions_changing_globals = 1
#! measure global_statements = 1

import json

import joblib
from azureml.core.model import Model

requests_seen = 0


def init():
    global model
    model = joblib.load(Model.get_model_path("prices"))


def run(text):
    global requests_seen  #! global-statement
    requests_seen += 1  #! changes-global: `run` changes `requests_seen`
    return json.dumps(model.predict(json.loads(text)).tolist())
