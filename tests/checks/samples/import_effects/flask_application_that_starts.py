"""Starting the server on import, and work beside the application, are no set-up."""
#! measure effects = 3

from flask import Flask

app = Flask(__name__)
prices = [float(line) for line in open("prices.txt")]  #! reads-on-import
print(sum(prices))  #! prints-on-import


@app.route("/")
def index():
    return "Prices"


app.run(debug=True)  #! runs-on-import
