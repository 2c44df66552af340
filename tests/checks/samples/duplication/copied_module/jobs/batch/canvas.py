def draw(points, pen):
    pen.up()
    for x, y in points:
        pen.goto(x * 10, y * 10)
        pen.down()
    return len(points) * 10
