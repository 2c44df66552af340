from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/shop")
PRICES = {}


@app.get("/")
def index():
    return {"prices": len(PRICES)}


@router.get("/items/{number}")
def item(number):
    return PRICES[number]


@router.post("/items/{number}")
def set_price(number):  #! untested-function
    PRICES[number] = len(PRICES)
    return PRICES[number]


@app.get("/{anything}")
def anything(anything):  #! untested-function
    return len(anything)


app.include_router(router)
