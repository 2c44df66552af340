#! measure repeated_statements = 8


def postage(kind, weight):
    if kind == "letter":
        price = weight * 2
        price += price * 0.2
        fee = round(price, 2) + 1
    elif kind == "parcel":  #! repeated-branches: Lines 9-16 (8 statements) repeat lines 5-8
        price = weight * 5
        price += price * 0.07
        fee = round(price, 2) + 3
    elif kind == "pallet":
        price = weight * 40
        price += price * 0.3
        fee = round(price, 2) + 9
    else:
        raise ValueError(kind)
    return fee
