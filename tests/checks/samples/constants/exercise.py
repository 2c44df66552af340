"""The values that an exercise tries something with are no constants, its texts and tables are."""
#! measure not_upper = 2

set1 = {1, 2, 3}
set2 = {2, 3, 4}
mylist = [1, 2]
numbers = [3, 4]
x = 3
symbols = {"a": ".-", "b": "-..."}  #! constant-not-upper
logo = "~ Morse ~"  #! constant-not-upper

print(logo, set1 & set2, mylist + numbers, x, symbols["a"])
