"""Without functions there is nothing to measure."""
#! measure functions_using_globals = none
#! measure functions_changing_globals = none
#! measure global_statements = none

price = 1
print(price)
