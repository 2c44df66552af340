"""A call of a function of the file is only in the wrong place; other statements need a function."""

price = float(input("Price? "))  #! outside-function: This statement runs


def main():
    print(price * 2)


for _ in range(2):  #! outside-function: These 2 statements run
    print(price)

main()  #! outside-function: `main()` is called as soon as this file is imported
