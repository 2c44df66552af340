def save(order, path, force):
    if path.exists() and force:
        text = order.as_text().strip()
        path.write_text(text + "\n")
        order.mark(path.name)
    elif len(order.lines) > 3:
        text = order.as_text().strip()  #! repeated-code: lines 3-5 and lines 11-13
        path.write_text(text + "\n")
        order.mark(path.name)
    else:
        text = order.as_text().strip()
        path.write_text(text + "\n")
        order.mark(path.name)
