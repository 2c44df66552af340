class Room:
    def __init__(self, width, length):
        self._width = width
        self._length = length

    @property
    def width(self):
        return self._width

    @width.setter
    def width(self, width):
        self._width = width

    @property
    def area(self):  #! untested-function: `Room.area`
        return self._width * self._length

    @area.setter
    def area(self, area):
        self._width = area
