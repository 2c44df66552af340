from flask import Flask

from prices import total

app = Flask(__name__)


@app.route("/")
def index():
    return str(total([1.0, 2.0]))
