"""Each finding counts in its own measure, and in no other."""
#! measure careless_handlers = 3
#! measure bare_handlers = 1
#! measure swallowed = 1
#! measure unguarded = 1
#! measure long_tries over 3 = 0
#! measure plain_raises = 1
#! measure raises_without_from = 0
#! measure quiet_handlers = 0

try:
    work()
except:  #! bare-except
    pass

try:
    work()
except (ValueError,):  #! B013 #! swallowed-error
    pass

int(input())  #! unguarded-call
raise Exception("no")  #! raises-plain-exception
