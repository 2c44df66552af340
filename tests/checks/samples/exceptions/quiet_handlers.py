"""Silence that may be right is advice: it costs no points."""
#! measure careless_handlers = 0
#! measure quiet_handlers = 8

import os
from contextlib import suppress


def add_words(words):
    for word in words:
        try:
            add(word)
        except ValueError:  #! quiet-handler
            pass


def close_all(stream, path):
    try:
        stream.close()
    except Exception:  #! quiet-handler
        pass
    with suppress(Exception):  #! quiet-handler
        stream.close()
    try:
        os.remove(path)
    except OSError:  #! quiet-handler
        pass


def read_port(text):
    port = 80
    try:
        port = int(text)
    except ValueError:  #! quiet-handler
        pass
    return port


def find(key):
    try:
        return look_up(key)
    except LookupFailed:  #! quiet-handler
        pass
    return 0


def receive_all(socket):
    try:
        while True:
            yield socket.receive()
    except Disconnected:  #! quiet-handler
        pass


def check_refusal():
    try:
        work("a")
    except TypeError:  #! quiet-handler
        pass
    else:
        assert False, "a text is no number"
