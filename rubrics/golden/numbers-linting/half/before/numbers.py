import sys
import random, math
import os
def ask(text) :
    answer=input(text)
    return int(answer)
def mean(numbers):
  return sum(numbers)/len(numbers)

how_many = ask("How many numbers? ")
numbers = [random.randint(1,100) for _ in range(how_many)]
print('The mean of', len(numbers), 'numbers between 1 and 100 is', round(mean(numbers), 2))
print('Their root mean square is', round(math.sqrt(mean([n*n for n in numbers])), 2))
if how_many == None: sys.exit(1)
