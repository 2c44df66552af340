#! measure coverage = 0
#! measure untested_functions = 3
import sys


class User:
    def __init__(self, name, age):
        self.name = name
        self.age = age

    @property
    def name(self):  #! untested-function: `User.name`
        return self._name

    @name.setter
    def name(self, name):
        self._name = name

    @property
    def age(self):
        return self._age

    @age.setter
    def age(self, age):  #! untested-function: `User.age`
        if age is None:
            raise ValueError("an age is needed")
        self._age = age

    @age.deleter
    def age(self):
        del self._age


if sys.version_info < (3, 7):

    def is_list(kind):  #! untested-function: `is_list`
        return kind.__extra__ == list

else:

    def is_list(kind):
        return kind.__origin__ == list
