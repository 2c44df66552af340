"""The layout of a Dash application is set outside functions."""
#! measure effects = 0

from dash import Dash, dcc, html

from shop.charts import make_chart

app = Dash(__name__)
server = app.server
app.layout = html.Div([html.H1("Prices"), dcc.Graph(id="prices", figure=make_chart())])


@app.callback()
def update(value):
    return value
