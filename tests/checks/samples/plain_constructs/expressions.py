"""Expressions with a part that changes nothing, or that a plainer one says."""
#! measure constructs = 15
#! measure matters_of_taste = 2

prices = [1, 2, 3]
name = str(input("Name? "))  #! needless-call: text
count = int(len(prices))  #! needless-call: whole number
print(str(count))  #! needless-call: print
print(+count)  #! needless-operator
print(count * 1)  #! needless-operator
print(not not count)  #! needless-operator
copy = [price for price in prices]  #! copying-comprehension
print(prices.__len__())  #! dunder-call
print(count.__add__(2))  #! dunder-call
print(ord(name) - 97)  #! number-for-letter
print(chr(count + 65))  #! number-for-letter
print(prices[0:2])  #! needless-slice
print(prices[1 : len(prices)])  #! needless-slice
print(int(count / 2))  #! rounded-division
print(count + count + count)  #! repeated-operand
count = count  #! self-assignment
count == 5  #! no-effect
