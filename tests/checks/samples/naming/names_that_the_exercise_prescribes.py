"""The exercise asks for these names: neither their case nor what they say is a fault."""
#! option names = ["calcTotal", "runGame", "data2", "func", "s", "Tbl", "maxSize"]
#! measure case_violations = 2
#! measure unclear_names = 3
#! measure functions_without_verb = 1


def calcTotal(s):
    data2 = s + 1
    return data2


def func():
    return runGame


class Game:
    maxSize = 3

    def runGame(self):
        Tbl = self
        return Tbl

    def runGames(self):  #! N802: `runGames`
        return self

    def total(self):  #! no-verb: `total`
        data3 = 1  #! numbered-name
        Tbl2 = 3  #! N806
        return data3 + Tbl2


def do_it(q):  #! single-letter #! vague-name
    return q
