"""Names are found wherever they are bound."""

match 1:
    case 1:

        class little:  #! N801
            pass
