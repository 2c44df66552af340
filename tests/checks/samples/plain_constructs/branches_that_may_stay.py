"""Branches that differ, and tables of branches."""
#! measure constructs = 0


def pay(total, is_member):
    if is_member:
        total = total * 0.9
        print("member", total)
    else:
        print("guest", total)
    return total


def price_of(size):
    if size == "small":
        price = 1
    elif size == "medium":
        price = 2
    elif size == "large":
        price = 3
    else:
        price = 3
    return price


def next_step(queue):
    if queue.pop() == 1:
        print("one")
    elif queue.pop() == 1:
        print("the next is another value")


def check(name):
    if not name:
        return None
    if not name.strip():
        return None
    return name
