"""What a loop selects and collects is computed, also without a number: it can be tried out alone."""
#! measure mixed_functions = 5


def encode(message, letters, shift):  #! mixes-io-and-computing: selects and collects (line 15) and prints (line 18)
    shifted = letters[shift:] + letters[:shift]
    text = ""
    for letter in message:
        small = letter.lower()
        if small in letters:
            place = letters.index(small)
            found = shifted[place]
            if letter.isupper():
                found = found.upper()
            text += found
        else:
            text += letter
    print(f"The text is {text}")


def report_failed(path):  #! mixes-io-and-computing: reads a file (line 23), selects and collects (line 26) and prints (line 27)
    failed = []
    for line in open(path):
        name, mark = line.split(",")
        if int(mark) < 50:
            failed.append(name)
    print(f"Failed: {failed}")


def mend(path):  #! mixes-io-and-computing
    kept = {}
    with open(path) as stream:
        for line in stream.readlines():
            name, town = line.split(",")
            if town:
                kept[name] = town
    with open(path, "w") as stream:
        stream.write(str(kept))
    print(f"{len(kept)} lines")


# Whether the guess is right, and what to say about it, are two things.
def check_guess(guess, secret, lives):  #! mixes-io-and-computing
    if guess == secret:
        print(f"{guess} it is")
        return lives
    if guess > secret:
        print(f"{guess} is too high")
        return lives - 1
    print(f"{guess} is too low")
    return lives - 1


def find_prize(place, prizes):  #! mixes-io-and-computing: prints (lines 56 and 59) and decides what happens (lines 57 and 60)
    if place in prizes:
        print(f"You win {prizes[place]}")
        return prizes[place]
    if place - 1 in prizes:
        print(f"You were near {prizes[place - 1]}")
        return prizes[place - 1]
    return None


# To keep the lines that are valid belongs to reading.
def read_marks(path):
    marks = {}
    for line in open(path):
        name, mark = line.split(",")
        if mark.strip().isdigit():
            marks[name] = int(mark)
            print(f"read {name}")
        else:
            print(f"no mark in {line}")
    return marks


# To put a line together belongs to printing it.
def print_board(board):
    for row in board:
        line = ""
        for cell in row:
            if cell:
                line += "#"
            else:
                line += "."
        print(line)


def is_valid(name, town):
    if not name:
        print(f"no name for {town}")
        return False
    if not town:
        print(f"no town for {name}")
        return False
    return True
