"""Three short steps stand twice; what leaves the first branch is no run."""


def move_up(left):
    y = left.ycor()
    y += 25
    left.sety(y)


def move_other(right, left):
    y = right.ycor()  #! repeated-code: Lines 11-13 (3 statements) repeat lines 5-7
    y += 25
    right.sety(y)
    if left.visible():
        right.hide(y)
        return left.name
    else:
        left.show(y)


def hide(left, right):
    if right.visible():
        left.hide(3)
        return right.name
    else:
        right.show(3)
    return None
