from prices import total


def run():
    print(total([1.0, 2.0]))


if __name__ == "__main__":
    run()
