"""The lifespan of an application fills what its routes use."""
#! measure functions_using_globals = 2
#! measure functions_changing_globals = 1

from contextlib import asynccontextmanager

import joblib
from fastapi import FastAPI

models = {}
database = None
visits = []


@asynccontextmanager
async def lifespan(app):
    models["prices"] = joblib.load("prices.joblib")
    visits.append("start")
    yield
    models.clear()


app = FastAPI(lifespan=lifespan)


@app.on_event("startup")
async def connect():
    global database
    database = app.state.connect()


@app.get("/price/{size}")
def get_price(size: int):
    visits.append(size)  #! changes-global: `get_price` changes `visits`
    return {"price": models["prices"].predict([size])[0], "by": database.name}


@app.get("/visits")
def count_visits():
    return len(visits)  #! reads-global: `count_visits` reads `visits`
