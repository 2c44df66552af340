"""A logger, an app and a database are made once, and used everywhere."""
#! measure functions_using_globals = 0
#! measure functions_changing_globals = 0

import logging

from flask import Flask

from shop.database import Database

log = logging.getLogger(__name__)
app = Flask("shop")
database = Database()


def warn_about(order):
    log.info("no price in %s", order)


def get_title():
    return app.name


# `add` of an object is a service that it offers; `add` of a set would change the set.
def register(user):
    database.add(user)
    database.session.add(user)
