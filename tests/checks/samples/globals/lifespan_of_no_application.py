"""A context manager that no application was given is a function like any other."""
#! measure functions_changing_globals = 1

from contextlib import asynccontextmanager

from fastapi import FastAPI

models = {}
app = FastAPI()


@asynccontextmanager
async def lifespan(app):
    models["prices"] = 3  #! changes-global: `lifespan` changes `models`
    yield


@app.get("/price")
def get_price():
    return models["prices"]  #! reads-global: `get_price` reads `models`
