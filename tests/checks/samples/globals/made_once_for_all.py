"""Their makers want these objects outside functions, once for the whole program."""
#! measure functions_using_globals = 0

import logging
import re

import boto3
import requests
from click.testing import CliRunner
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

audit = logging.getLogger("audit")
digits = re.compile(r"\d+")
session = requests.Session()
engine = create_engine("sqlite:///shop.db")
make_session = sessionmaker(bind=engine)
bucket = boto3.resource("s3").Bucket("shop")
runner = CliRunner()


def fetch(url):
    audit.info("fetching %s", url)
    return session.get(url)


def count():
    with make_session() as work:
        return work.query("names").count()


def store(text):
    bucket.put_object(Key="numbers", Body=digits.findall(text))
    return engine.dialect


def run(command):
    return runner.invoke(command)
