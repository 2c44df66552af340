"""Routers, middleware, and the lifespan of a FastAPI application."""
#! measure effects = 0

from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles

from shop.database import Base, engine
from shop.routers import orders, users

Base.metadata.create_all(bind=engine)


@asynccontextmanager
async def lifespan(app):
    print("open")
    yield
    print("closed")


app = FastAPI(lifespan=lifespan)
app.add_middleware(CORSMiddleware, allow_origins=["*"])
app.mount("/static", StaticFiles(directory="static"), name="static")
for router in (orders.router, users.router):
    app.include_router(router)
