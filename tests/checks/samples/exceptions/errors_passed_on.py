"""What re-raises, hands the error to somebody who handles it, or ends the program hides nothing."""
#! measure careless_handlers = 0

import logging
import sys
import traceback

import streamlit as st
from flask import Flask, jsonify

app = Flask(__name__)
logger = logging.getLogger(__name__)


def save_or_tell(order):
    try:
        store(order)
    except Exception as e:
        logger.error("Could not save: %s", e)
        raise
    try:
        store(order)
    except Exception as e:
        raise RuntimeError("Could not save") from e
    try:
        store(order)
    except Exception:
        logger.exception("Could not save")
    try:
        store(order)
    except Exception as e:
        logger.error("Could not save: %s", e, exc_info=True)
    try:
        store(order)
    except Exception:
        traceback.print_exc()


def result_of(order):
    try:
        return store(order), None
    except Exception as e:
        return None, str(e)


@app.route("/orders")
def answer():
    try:
        store(app)
    except Exception as e:
        return jsonify({"error": str(e)}), 500
    try:
        store(app)
    except Exception as e:
        logger.error("Could not save: %s", e)
        return jsonify({"error": "internal"}), 500
    return jsonify({})


def collect(orders, errors, queue, future):
    for order in orders:
        try:
            store(order)
        except Exception as e:
            errors.append(f"{order}: {e}")
    try:
        store(orders)
    except Exception as e:
        queue.put(e)
    try:
        store(orders)
    except Exception as e:
        future.set_exception(e)
    error = None
    try:
        store(orders)
    except Exception as e:
        error = str(e)
    return error


async def close(session, client):
    try:
        await session.close()
    except Exception as e:
        logger.debug("Could not close: %s", e)
    try:
        store(session)
    except Exception as e:
        client.after(0, lambda: client.handle(e))


def page():
    try:
        store(app)
    except Exception as e:
        st.error(f"No data: {e}")
        st.stop()


def serve(jobs):
    while True:
        job = jobs.get()
        try:
            store(job)
        except Exception as e:
            logger.error("Job %s failed: %s", job, e)


def main():
    try:
        store(sys.argv)
    except Exception as e:
        print(f"Error: {e}", file=sys.stderr)
        sys.exit(1)


def main_with_status():
    try:
        store(sys.argv)
    except Exception as e:
        print(f"Error: {e}")
        return 1
    return 0
