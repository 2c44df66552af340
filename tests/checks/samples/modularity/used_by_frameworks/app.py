from flask import Flask

from handler import helper

app = Flask(__name__)


@app.route("/")
def index():
    return str(helper())


def factory():
    return app.name.upper()
