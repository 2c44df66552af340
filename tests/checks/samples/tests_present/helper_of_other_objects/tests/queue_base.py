from queues import Queue


def make_queue(*items):
    return Queue(list(items))
