import json


def lambda_handler(event, context):
    return {"body": json.dumps(price(event))}


def price(event):
    return event["price"] * 2


def helper():
    return 60 * len("price")
