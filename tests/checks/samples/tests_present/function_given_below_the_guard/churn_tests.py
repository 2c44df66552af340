#! measure tests = 1
import churn


def test_import(import_data):
    rows = import_data("customers.csv")
    assert len(rows) > 1


def test_import_again(read):  #! test-not-counted: nothing of your program
    rows = read("customers.csv")
    assert len(rows) > 2


def test_count(count_rows):  #! test-without-assertion
    print(count_rows(["name", "a"]))


if __name__ == "__main__":
    test_import(churn.import_data)
    test_import_again(open)
    test_count(count_rows=churn.count_rows)
