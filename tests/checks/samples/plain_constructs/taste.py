"""On these good programmers differ: advice, and in no count of faults."""
#! measure constructs = 0
#! measure matters_of_taste = 6

stock = {"milk": 1}
best = 0
for name in stock:  #! key-lookup-loop
    print(name, stock[name])
    if best < stock[name]:  #! own-min-max
        best = stock[name]


def check(names):
    if len(names) == 0:  #! length-for-empty
        print("empty")
    if names:  #! nested-if
        if names[0]:
            print("first")
    if not names:  #! negated-with-else
        print("none")
    else:
        print("some")
    if names[0] == "":
        print("blank")
    else:
        if names[1] == "":  #! else-with-if
            print("second")
