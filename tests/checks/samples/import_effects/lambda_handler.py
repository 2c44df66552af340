"""Clients are made once for all calls of the handler; AWS calls it, nobody else."""
#! measure effects = 0

import json
import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def lambda_handler(event, context):
    print(event)
    table.put_item(Item=event)
    return {"statusCode": 200, "body": json.dumps("ok")}
