"""The case of a name says what it is."""
#! measure case_violations = 9
#! measure unclear_names = 0

from limits import LIMIT as limit  #! N811


class shopping_cart:  #! N801
    pass


def loadFile():  #! N802
    pass


def load(fileName):  #! N803
    return fileName


class Cart:
    mixedCase = 1  #! N815

    @classmethod
    def make(this):  #! N804
        pass

    def move():
        pass

    def stop(this):  #! N805
        pass


def get_total():
    Total = 1  #! N806: variable `Total` in function should be lowercase
    return Total


totalPrice = 1  #! N816
