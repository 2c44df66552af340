"""Methods of texts that conditions and comparisons name and do not call."""
#! measure violations = 7
#! measure errors = 6
def read_age(answer, words):
    if answer.isdigit:  #! missing-call: The call of `isdigit` is missing
        return int(answer)
    elif answer.isalpha == False:  #! E712: the call of `isalpha` is missing
        return 0
    while not answer.strip().isupper or not words:  #! missing-call: isupper
        answer = input()
    if answer.lower == "yes" or "stop" == answer.strip:  #! missing-call
        return 1
    assert answer.casefold not in ("y", "yes")  #! missing-call: casefold
    if answer.startswith:  #! missing-call: startswith
        return 2
    return [word for word in words if word.isspace]  #! missing-call: isspace
