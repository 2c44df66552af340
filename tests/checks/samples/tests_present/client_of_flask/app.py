from flask import Flask

app = Flask(__name__)


@app.route("/items/<int:number>", methods=["GET", "POST"])
def item(number):
    return str(number + 1)


@app.route("/")
def index():  #! untested-function
    return " ".join(app.config)
