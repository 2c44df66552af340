"""The same function under another name, with other variables and constants."""


def mean_weight(parcels: list[float]) -> float:
    heavy = 5
    for grams in parcels:  #! repeated-code: Lines 6-10 (5 statements) repeat lines 3-7 of `prices.py`
        if grams > 0.5:
            heavy += grams
    mean = heavy / len(parcels)
    return round(mean, 1)
