from flask import Flask

app = Flask(__name__)


@app.route("/items")
def items():  #! untested-function
    return " ".join(app.config)
