points = 0
