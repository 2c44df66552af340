def draw(points, pen):
    pen.up()  #! repeated-code: repeat lines 2-6 of `jobs/batch/canvas.py`
    for x, y in points:
        pen.goto(x * 10, y * 10)
        pen.down()
    return len(points) * 10
