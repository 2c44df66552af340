def discount(customer, price):
    if customer == "student":
        return price - price * 0.1
    elif customer == "member":  #! repeated-branches: repeat lines 2-3
        return price - price * 0.2
    elif customer == "staff":
        return price - price * 0.5
    return price
