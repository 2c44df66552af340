"""A Flask application is made and set up outside functions."""
#! measure effects = 0

import os

from flask import Flask
from flask_cors import CORS
from flask_sqlalchemy import SQLAlchemy

from shop.blueprints import orders

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "dev")
app.config.from_object("shop.settings")
app.secret_key = "dev"
CORS(app)
db = SQLAlchemy(app)
app.register_blueprint(orders, url_prefix="/orders")

with app.app_context():
    db.create_all()


@app.route("/")
def index():
    return "Prices"


if __name__ == "__main__":
    app.run(debug=True)
