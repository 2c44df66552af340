def import_data(path):
    with open(path) as file:
        return file.readlines()


def count_rows(rows):  #! untested-function: `count_rows`
    return len(rows) - 1


def main():
    print(count_rows(import_data("customers.csv")))


if __name__ == "__main__":
    main()
