"""An underscore, a prefix or another binding makes no better name."""
#! measure unclear_names = 14

_s = input()  #! single-letter
s_ = input()  #! single-letter
_my_func = input()  #! vague-name
foo_ = input()  #! vague-name
MyList = input()  #! vague-name
data_2 = input()  #! numbered-name
list__2 = input()  #! numbered-name
my_foo_thing = input()  #! vague-name
if q := input():  #! single-letter
    pass
c: str = input()  #! single-letter
d, _ = input()  #! single-letter
[h, *_] = input()  #! single-letter
a = b = input()  #! single-letter #! single-letter
