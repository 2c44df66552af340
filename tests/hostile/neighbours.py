"""Good programs that look like tricks: each uses the construct of a trick for a good reason.

All are made from the golden sample ``practised``, which earns 100.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from tests.hostile.grading import Files, golden

PRACTISED = golden("chapter-practices/practised")
GUARD = '\n\nif __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'


def edited(path: str, *changes: tuple[str, str]) -> Files:
    """Return the golden sample after ``changes``, (old, new) texts, of the file ``path``."""
    text = PRACTISED[path]
    for old, new in changes:
        assert old in text, f"{path} has no {old!r}"
        text = text.replace(old, new, 1)
    return {**PRACTISED, path: text}


def main_in_a_second_module() -> Files:
    """Move main() to cli.py; main.py only starts it."""
    start = (
        '"""Start the program."""\n\nimport sys\n\nfrom cli import main\n\n'
        'if __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'
    )
    cli = PRACTISED["main.py"].replace(GUARD, "\n").replace("import sys\n", "").rstrip() + "\n"
    return {**PRACTISED, "main.py": start, "cli.py": cli}


#: What each command of a program with several does, by the name that the user types.
COMMANDS = '''

def print_receipt(purchases: list[Purchase]) -> None:
    """Print the whole receipt."""
    print(format_receipt(purchases, date.today()))


def print_total(purchases: list[Purchase]) -> None:
    """Print what all purchases cost, with tax."""
    print(add_vat(sum_purchases(purchases)))


def print_names(purchases: list[Purchase]) -> None:
    """Print the name of each purchase, in the order of the alphabet."""
    for name in sorted(purchase.name for purchase in purchases):
        print(name)
'''
COMMAND_TESTS = '''"""Tests of the commands."""

from decimal import Decimal

import pytest

from commands import print_names, print_total
from purchases import Purchase

TEA = Purchase("tea", 2, Decimal("5.00"))
CAKE = Purchase("cake", 1, Decimal("4.25"))


def test_names_are_sorted(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_names([TEA, CAKE]) is None
    assert capsys.readouterr().out == "cake\\ntea\\n"


def test_a_total_has_tax(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_total([TEA]) is None
    assert capsys.readouterr().out == "12.10\\n"
'''
COMMAND_IMPORTS = (
    "from datetime import date\n\nfrom prices import add_vat, sum_purchases\n"
    "from purchases import Purchase\nfrom receipts import format_receipt\n"
)
COMMAND_MAIN = '''"""Run a command on a file of purchases."""

import sys
from pathlib import Path

from commands import COMMANDS
from purchases import PurchaseError, load_purchases


def main(arguments: list[str]) -> int:
    """Run the command that is named first and return the exit code of the program."""
    if len(arguments) != 2 or arguments[0] not in COMMANDS:
        print("Give a command and the file of purchases.")
        return 2
    try:
        purchases = load_purchases(Path(arguments[1]))
    except PurchaseError as error:
        print(error)
        return 1
    COMMANDS[arguments[0]](purchases)
    return 0
'''


def with_commands(commands: str, main: str = COMMAND_MAIN) -> Files:
    """Return the golden sample with the module ``commands`` and a main.py that runs one of them."""
    return {
        **PRACTISED,
        "main.py": main + GUARD,
        "commands.py": commands,
        "tests/test_commands.py": COMMAND_TESTS,
    }


def dispatch_table() -> Files:
    """Call the function that a table has for the name of a command."""
    table = (
        '\n\nCOMMANDS = {\n    "receipt": print_receipt,\n    "total": print_total,\n'
        '    "names": print_names,\n}\n'
    )
    head = '"""The commands of the program."""\n\n'
    return with_commands(head + COMMAND_IMPORTS + COMMANDS + table)


REGISTRY = '''
Command = Callable[[list[Purchase]], None]
COMMANDS: dict[str, Command] = {}


def command(name: str) -> Callable[[Command], Command]:
    """Return a decorator that registers a command by its name."""

    def register(function: Command) -> Command:
        """Register the function."""
        COMMANDS[name] = function
        return function

    return register
'''


def registered_commands() -> Files:
    """Let a decorator register each command, and run the one that the user names."""
    marked = COMMANDS
    for name in ("receipt", "total", "names"):
        marked = marked.replace(f"def print_{name}", f'@command("{name}")\ndef print_{name}')
    head = '"""The commands of the program."""\n\nfrom collections.abc import Callable\n'
    return with_commands(head + COMMAND_IMPORTS + REGISTRY + marked)


BASKET = '''

class Basket:
    """The purchases of one customer, in the order in which they were made."""

    def __init__(self, purchases: list[Purchase]) -> None:
        self.purchases = purchases[:]

    def append(self, purchase: Purchase) -> None:
        """Add a purchase; another one of the same thing takes its place."""
        others = [one for one in self.purchases if one.name != purchase.name]
        self.purchases = [*others, purchase]

    def join(self, separator: str) -> str:
        """Return the names of all purchases with a separator between them."""
        names = [purchase.name for purchase in self.purchases]
        return separator.join(names)

    @property
    def total(self) -> Decimal:
        """What all purchases cost."""
        return sum_purchases(self.purchases)
'''
BASKET_TESTS = '''"""Tests of the basket."""

from decimal import Decimal

from baskets import Basket
from purchases import Purchase

TEA = Purchase("tea", 2, Decimal("3.50"))
CAKE = Purchase("cake", 1, Decimal("4.25"))


def test_a_basket_holds_each_thing_once() -> None:
    basket = Basket([TEA])
    basket.append(CAKE)
    basket.append(TEA)
    assert basket.join(", ") == "cake, tea"


def test_a_basket_has_a_total() -> None:
    assert Basket([TEA, CAKE]).total == Decimal("11.25")
'''


def class_with_methods() -> Files:
    """Use a class whose methods have names like those of lists and texts."""
    body = (
        "    basket = Basket([])\n    for purchase in purchases:\n"
        '        basket.append(purchase)\n    print(basket.join(", "), basket.total)\n'
    )
    changed = edited(
        "main.py",
        ("from purchases", "from baskets import Basket\nfrom purchases"),
        ("    print(format_receipt", body + "    print(format_receipt"),
    )
    imports = "\n\nfrom decimal import Decimal\n\nfrom prices import sum_purchases\n"
    head = f'"""A basket of purchases."""{imports}from purchases import Purchase\n'
    return {**changed, "baskets.py": head + BASKET, "tests/test_baskets.py": BASKET_TESTS}


def steps_in_a_list() -> Files:
    """Call every function of a list in a loop."""
    sections = '''

def format_head(purchases: list[Purchase], day: date) -> list[str]:
    """Return the first lines of a receipt."""
    return [f"Receipt of {day}", f"{len(purchases)} purchases in {day.year}"]


def format_lines(purchases: list[Purchase], day: date) -> list[str]:
    """Return one line for each purchase; those of a leap day have a star."""
    star = "*" if (day.month, day.day) == (2, 29) else ""
    return [format_purchase(purchase) + star for purchase in purchases]


def format_end(purchases: list[Purchase], day: date) -> list[str]:
    """Return the totals, below a line for the year."""
    return [f"Thanks for {day.year}", *format_totals(sum_purchases(purchases))]


SECTIONS = [format_head, format_lines, format_end]


def format_receipt(purchases: list[Purchase], day: date) -> str:
    """Return the whole receipt for the purchases of a day."""
    lines: list[str] = []
    for section in SECTIONS:
        lines += section(purchases, day)
    return "\\n".join(lines)
'''
    receipts = PRACTISED["receipts.py"]
    return {
        **PRACTISED,
        "receipts.py": receipts[: receipts.index("\n\ndef format_receipt")] + sections,
    }


def conditions_that_may_be_true() -> Files:
    """Call functions below conditions that depend on the user, one of them rarely true."""
    usage = (
        'def print_usage() -> None:\n    """Print how the program is used."""\n'
        '    print("Give the file of purchases.")\n'
        '    print("It is a list of objects with name, amount and price.")\n\n\n'
    )
    return edited(
        "main.py",
        ("def main", usage + "def main"),
        ('        print("Give the file of purchases.")\n', "        print_usage()\n"),
        (
            "    try:",
            "    if len(arguments[0]) > 999:\n        print_usage()\n        return 3\n    try:",
        ),
    )


def text_of_data() -> Files:
    """Read words from a text file that the program names."""
    words = '    greeting = Path("greeting.txt").read_text(encoding="utf-8")\n    print(greeting)\n'
    changed = edited("main.py", ("    print(format_receipt", words + "    print(format_receipt"))
    return {**changed, "greeting.txt": "Thank you for your purchase.\nPlease come again.\n"}


def process_that_is_no_python() -> Files:
    """Send the receipt to a printer by a program of the system."""
    printing = '    subprocess.run(["lp"], input=receipt.encode(), check=True)\n'
    return edited(
        "main.py",
        ("import sys\n", "import subprocess\nimport sys\n"),
        (
            "    print(format_receipt(purchases, date.today()))\n",
            f"    receipt = format_receipt(purchases, date.today())\n{printing}",
        ),
    )


def notebook_that_shows() -> Files:
    """Show the program in a notebook that imports its modules."""
    source = (
        "from datetime import date\nfrom pathlib import Path\n\n"
        "from purchases import load_purchases\n"
        'from receipts import format_receipt\n\nSAMPLE = Path("sample.json")\n'
        "print(format_receipt(load_purchases(SAMPLE), date(2024, 2, 29)))"
    )
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
    }
    notebook = {
        "cells": [{**cell, "source": source}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return {**PRACTISED, "demo.ipynb": json.dumps(notebook, indent=1) + "\n"}


def fixtures_in_conftest() -> Files:
    """Share the purchases of two tests in a fixture of conftest.py."""
    conftest = (
        '"""Fixtures of the tests."""\n\nfrom decimal import Decimal\n\nimport pytest\n\n'
        "from purchases import Purchase\n\n\n@pytest.fixture\ndef cakes() -> Purchase:\n"
        '    """Twenty cakes."""\n    return Purchase("cake", 20, Decimal("4.00"))\n'
    )
    tests = (
        '"""Tests of large purchases."""\n\nfrom decimal import Decimal\n\n'
        "from prices import compute_discount\nfrom purchases import Purchase\n\n\n"
        "def test_many_cakes_have_a_discount(cakes: Purchase) -> None:\n"
        '    assert compute_discount(cakes.cost) == Decimal("8.00")\n'
    )
    return {**PRACTISED, "tests/conftest.py": conftest, "tests/test_large.py": tests}


def one_object_of_options() -> Files:
    """Hand the parsed arguments, one object, to functions that only read it."""
    main = '''"""Print the receipt for a file of purchases."""

import argparse
import sys
from datetime import date
from pathlib import Path

from purchases import Purchase, PurchaseError, load_purchases
from receipts import format_receipt


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return what the user asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--cheapest-first", action="store_true")
    parser.add_argument("--day", type=date.fromisoformat, default=date.today())
    return parser.parse_args(arguments)


def choose_purchases(options: argparse.Namespace) -> list[Purchase]:
    """Return the purchases in the order that the options ask for."""
    purchases = load_purchases(options.file)
    if options.cheapest_first:
        purchases.sort(key=lambda purchase: purchase.cost)
    return purchases


def print_receipt(options: argparse.Namespace) -> None:
    """Print the receipt of the day that the options name."""
    purchases = choose_purchases(options)
    print(format_receipt(purchases, options.day))


def main(arguments: list[str]) -> int:
    """Print a receipt and return the exit code of the program."""
    options = parse_arguments(arguments)
    try:
        print_receipt(options)
    except PurchaseError as error:
        print(error)
        return 1
    return 0
'''
    return {**PRACTISED, "main.py": main + GUARD}


def function_for_the_exit() -> Files:
    """Register a function that runs as the program ends."""
    farewell = (
        '@atexit.register\ndef say_goodbye() -> None:\n    """Thank the customer."""\n'
        '    print(f"Thank you, until {date.today().year + 1}.")\n\n\n'
    )
    return edited(
        "main.py",
        ("import sys\n", "import atexit\nimport sys\n"),
        ("def main", farewell + "def main"),
    )


def decorator_that_wraps() -> Files:
    """Put a decorator of one's own around a function that the program calls by its name."""
    decorators = '''"""Decorators of the program."""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps

Tax = Callable[[Decimal], Decimal]


def remembered(function: Tax) -> Tax:
    """Return the function, which computes the tax of each total once."""
    known: dict[Decimal, Decimal] = {}

    @wraps(function)
    def compute_once(total: Decimal) -> Decimal:
        """Return what is known of the total, or compute it."""
        if total not in known:
            known[total] = function(total)
        return known[total]

    return compute_once
'''
    tests = '''"""Tests of remembering."""

from decimal import Decimal

from remembering import remembered


def test_a_tax_is_computed_once() -> None:
    computed = []
    remember = remembered(lambda total: computed.append(total) or total)
    assert remember(Decimal(3)) == remember(Decimal(3)) == 3
    assert computed == [3]
'''
    changed = edited(
        "prices.py",
        ("import Purchase\n", "import Purchase\nfrom remembering import remembered\n"),
        ("def add_vat", "@remembered\ndef add_vat"),
    )
    return {**changed, "remembering.py": decorators, "tests/test_remembering.py": tests}


def commands_put_into_a_table() -> Files:
    """Put each command into a table, line by line, and call the one that the user names."""
    table = "\n\nCOMMANDS = {}\n" + "".join(
        f'COMMANDS["{name}"] = print_{name}\n' for name in ("receipt", "total", "names")
    )
    head = '"""The commands of the program."""\n\n'
    return with_commands(head + COMMAND_IMPORTS + COMMANDS + table)


def measured_list_of_steps() -> Files:
    """Tell how many steps a list has, and call each of them."""
    files = steps_in_a_list()
    told = '    print(f"{len(SECTIONS)} parts")\n    lines: list[str] = []\n'
    changed = files["receipts.py"].replace("    lines: list[str] = []\n", told)
    assert told in changed
    return {**files, "receipts.py": changed}


def functions_under_other_names() -> Files:
    """Reach functions by an alias, through a module, and through a package that passes them on."""
    receipts = PRACTISED["receipts.py"].replace(
        "from prices import add_vat, compute_discount, sum_purchases\n",
        "import prices\nfrom prices import add_vat as with_vat\n",
    )
    receipts = receipts.replace("{add_vat(", "{with_vat(")
    for name in ("compute_discount", "sum_purchases"):
        receipts = receipts.replace(f"{name}(", f"prices.{name}(")
    return {**PRACTISED, "receipts.py": receipts}


def functions_that_are_timed() -> Files:
    """Measure how long a function takes, whatever it returns."""
    timing = '''"""How long the program takes."""

import time
from decimal import Decimal

from prices import add_vat

RUNS = 1000


def measure_vat(total: Decimal) -> float:
    """Return the seconds that it takes to compute the tax of a total."""
    start = time.perf_counter()
    for _ in range(RUNS):
        add_vat(total)
    return (time.perf_counter() - start) / RUNS
'''
    tests = '''"""Tests of the timing."""

from decimal import Decimal

from timing import measure_vat


def test_a_tax_takes_some_time() -> None:
    assert 0 < measure_vat(Decimal(3)) < 1
'''
    changed = edited(
        "main.py",
        (
            "from receipts import format_receipt\n",
            "from receipts import format_receipt\nfrom timing import measure_vat\n",
        ),
        ("from pathlib", "from decimal import Decimal\nfrom pathlib"),
        ("    return 0\n", "    print(measure_vat(Decimal(9)))\n    return 0\n"),
    )
    return {**changed, "timing.py": timing, "tests/test_timing.py": tests}


def values_that_are_only_checked() -> Files:
    """Call a function for the error that it raises, and drop its result."""
    check = '''

def check_purchase(purchase: Purchase) -> None:
    """Raise PurchaseError if nobody can have made the purchase."""
    if purchase.amount < 1:
        raise PurchaseError(f"{purchase.name} is bought {purchase.amount} times")
'''
    tests = '''"""Tests of checks."""

from decimal import Decimal

import pytest

from purchases import Purchase, PurchaseError, check_purchase


def test_nothing_is_bought_less_than_once() -> None:
    with pytest.raises(PurchaseError, match="0 times"):
        check_purchase(Purchase("tea", 0, Decimal(3)))
'''
    changed = edited(
        "main.py",
        (
            "import PurchaseError, load_purchases",
            "import PurchaseError, check_purchase, load_purchases",
        ),
        (
            "    except PurchaseError",
            "        for purchase in purchases:\n            check_purchase(purchase)\n"
            "    except PurchaseError",
        ),
    )
    purchases = changed["purchases.py"] + check
    return {**changed, "purchases.py": purchases, "tests/test_checks.py": tests}


def steps_with_a_state() -> Files:
    """Fill a table that the caller gives, step by step, and keep a state in a class."""
    baskets = '''"""The sums of a receipt."""

from decimal import Decimal

from purchases import Purchase


class Register:
    """The sums of all purchases so far."""

    def __init__(self) -> None:
        self.count = 0
        self.total = Decimal()

    def add(self, purchase: Purchase) -> None:
        """Add one purchase to the sums."""
        self.count += purchase.amount
        self.total += purchase.cost

    def describe(self) -> str:
        """Return the sums as a line of text."""
        return f"{self.count} things for {self.total}"


def count_names(purchases: list[Purchase], counts: dict[str, int]) -> None:
    """Add the purchases to the counts, by name."""
    for purchase in purchases:
        counts[purchase.name] = counts.get(purchase.name, 0) + purchase.amount


def add_prices(purchases: list[Purchase], prices: dict[str, Decimal]) -> None:
    """Note the price of each thing, by name."""
    for purchase in purchases:
        prices[purchase.name] = purchase.price
'''
    tests = '''"""Tests of the sums."""

from decimal import Decimal

from purchases import Purchase
from sums import Register, add_prices, count_names

TEA = Purchase("tea", 2, Decimal("3.50"))


def test_a_register_adds_purchases() -> None:
    register = Register()
    register.add(TEA)
    assert register.describe() == "2 things for 7.00"


def test_things_are_counted_by_name() -> None:
    counts = {"tea": 1}
    count_names([TEA], counts)
    assert counts == {"tea": 3}


def test_prices_are_noted_by_name() -> None:
    prices: dict[str, Decimal] = {}
    add_prices([TEA], prices)
    assert prices == {"tea": Decimal("3.50")}
'''
    body = """    register = Register()
    counts: dict[str, int] = {}
    prices: dict[str, Decimal] = {}
    for purchase in purchases:
        register.add(purchase)
    count_names(purchases, counts)
    add_prices(purchases, prices)
    print(register.describe(), counts, prices)
"""
    changed = edited(
        "main.py",
        ("\n\n\ndef main", "\nfrom sums import Register, add_prices, count_names\n\n\ndef main"),
        ("from pathlib", "from decimal import Decimal\nfrom pathlib"),
        ("    print(format_receipt", body + "    print(format_receipt"),
    )
    return {**changed, "sums.py": baskets, "tests/test_sums.py": tests}


#: Good programs in the order of the tricks that they look like.
NEIGHBOURS: Mapping[str, Callable[[], Files]] = {
    "main() in a second module": main_in_a_second_module,
    "a class with methods that are used": class_with_methods,
    "a decorator that registers commands which run": registered_commands,
    "a decorator that wraps functions": decorator_that_wraps,
    "a function that runs at the exit": function_for_the_exit,
    "a dispatch table that is called": dispatch_table,
    "a table of functions that is filled and called": commands_put_into_a_table,
    "a list of functions that are called": steps_in_a_list,
    "a list of functions that is measured and called": measured_list_of_steps,
    "functions under other names": functions_under_other_names,
    "functions that are timed": functions_that_are_timed,
    "values that are only checked": values_that_are_only_checked,
    "conditions that may be true": conditions_that_may_be_true,
    "a text of data": text_of_data,
    "a process that is no Python": process_that_is_no_python,
    "a notebook that imports the modules": notebook_that_shows,
    "fixtures in conftest.py": fixtures_in_conftest,
    "one object of options": one_object_of_options,
    "steps with a state": steps_with_a_state,
}
