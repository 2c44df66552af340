"""A program that binds no name has nothing to measure."""
#! measure case_violations = none

print(1)
