"""Check that no run of statements repeats an earlier one, even with other names and values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import partial

from grader.analysis.syntax.statements import has_statements
from grader.checks.duplication.compared import is_generated
from grader.checks.duplication.fingerprints import read_sketch, sketch_of
from grader.checks.duplication.repeats import Kind, Place, Repeat, Repeats, find_repeats
from grader.domain.check import Check, Context, Guidance, Inspections, Lesson, Options
from grader.domain.inspection import NOTHING_TO_SAY, Facts, Finding, Inspection
from grader.domain.measures import Measure, count_measure, rate_measure
from grader.domain.source import SourceFile, is_test_path

GUIDANCE = Guidance(
    explanation=(
        "These statements do what others have done already, perhaps with other names and values."
        " Whoever corrects one of the two places has to remember the other, and one day somebody"
        " will not."
    ),
    how_to_fix=(
        "Write a function that holds these statements once. What differs between the two places"
        " becomes its parameters, what is needed afterwards its return value. Then call it from"
        " both; a function for several files goes into a module that they import."
    ),
    url="https://en.wikipedia.org/wiki/Don%27t_repeat_yourself",
)

_CODES = {
    Kind.apart: "repeated-code",
    Kind.in_a_row: "repeated-in-a-row",
    Kind.branches: "repeated-branches",
}
GUIDANCE_BY_CODE = {
    _CODES[Kind.in_a_row]: Guidance(
        "These statements do what those just above do, with other names or values. When you correct"
        " one of the places has to remember all others.",
        "Write the statements once, in a loop over what differs:"
        ' `for column, title in [("age", "Age"), ("size", "Size")]:`.',
        GUIDANCE.url,
    ),
    _CODES[Kind.branches]: Guidance(
        "These branches do the same with other values. To correct one of them, one has to remember"
        " all others.",
        'Put the values into a dictionary, such as `RATES = {"letter": 2, "parcel": 5}`, and'
        " write the statements once, below: `price = weight * RATES[kind]`. For limits (`size > 2`)"
        " a list of pairs and a loop do the same.",
        GUIDANCE.url,
    ),
}


def inspect(source: SourceFile, options: Options, context: Context) -> Inspection:
    """Return an inspection with the number of compared statements of `source` and a sketch of them.

    Not compared are e.g. imports and constants, which good programs repeat. The sketch has the
    fingerprints, from which `combine` makes the findings. For tests and files without statements
    the result is ``NOTHING_TO_SAY``. `options` and `context` are unused.

    After "Winnowing: Local Algorithms for Document Fingerprinting" (Schleimer, Wilkerson and Aiken,
    2003): a document is represented by hashes of its normalised parts. A part here is a statement,
    not a number of characters, and no fingerprint is dropped, as a submission is small.

    Literals and names that the student chose are normalised, since people change them in a copy.
    Attributes, keywords, and imported and built-in names are kept, since they say what is done:
    without them ``load(path).read()`` and ``shop(cart).total()`` would be equal.
    """
    if is_test_path(source.path) or is_generated(source) or not has_statements(source):
        return NOTHING_TO_SAY
    statements, sketch = sketch_of(source)
    return Inspection(facts=Facts(counts={"statements": statements}), sketch=sketch)


def combine(inspections: Inspections, options: Options) -> Inspections:
    """Return `inspections` with what each file repeats of itself and of files before it by path.

    There is a finding for each repeated run, not for its first occurrence, and the counts of runs
    and repeated statements; of runs of one file with the same places only the first has a finding.
    What is handed out with each exercise counts once (see `_handed_out`). Inspections without a
    sketch stay as they are. `options` is unused.
    """
    sketches = {
        path: read_sketch(one.sketch) for path, one in sorted(inspections.items()) if one.sketch
    }
    again = _handed_out({path: sketch.digest for path, sketch in sketches.items()})
    repeats = find_repeats(
        {path: [] if path in again else sketch.blocks for path, sketch in sketches.items()}
    )
    return {
        path: _combined(path, one, repeats, path in again) if path in sketches else one
        for path, one in inspections.items()
    }


def _handed_out(digests: Mapping[str, str]) -> set[str]:
    """Return the paths of `digests` whose file lies in a folder before it too, as a library does.

    Both have the same digest and name, and their paths differ in the name of one folder, since each
    exercise is complete on its own. E.g. ``two/lib/shapes.py`` after ``one/lib/shapes.py``; not
    ``jobs/batch/shapes.py`` after ``src/shapes.py``, which could be imported.
    """
    known: set[tuple[str, ...]] = set()
    again: set[str] = set()
    for path, digest in digests.items():
        *folders, name = path.split("/")
        keys = {
            (digest, *folders[:at], "*", *folders[at + 1 :], name) for at in range(len(folders))
        }
        if not known.isdisjoint(keys):
            again.add(path)
        known |= keys
    return again


def _combined(path: str, alone: Inspection, repeats: Repeats, again: bool) -> Inspection:
    """Return `alone`, the inspection of the file `path`, with its counts and runs of `repeats`.

    It has no statements if it is there `again`.
    """
    runs = sorted(run for run in repeats.runs if run.here.path == path)
    counts = {
        "statements": 0 if again else alone.facts.counts["statements"],
        "repeated_statements": repeats.statements[path],
        "clones": len(runs),
    }
    findings = tuple(map(_finding, _first_of_each(runs)))
    return alone.model_copy(update={"facts": Facts(counts=counts), "findings": findings})


def _first_of_each(runs: Iterable[Repeat]) -> Iterator[Repeat]:
    """Yield each of `runs` but those that repeat the same place as an earlier one, which names all.

    Those are the third place of a repetition, the fourth and so on.
    """
    named: set[Place] = set()
    for run in runs:
        if run.places[0] not in named:
            named.add(run.places[0])
            yield run


def _finding(run: Repeat) -> Finding:
    """Return the finding at the later location of `run`; its value is the number of statements."""
    here = run.here
    places = list(map(partial(_words, here.path), run.places))
    if run.are_more:
        places.append("more places")
    *others, last = places
    where = f"{', '.join(others)} and {last}" if others else last
    return Finding(
        code=_CODES[run.kind],
        line=here.first,
        message=f"Lines {here.first}-{here.last} ({run.statements} statements) repeat {where}",
        value=run.statements,
    )


def _words(here: str, place: Place) -> str:
    """Return words for `place`, as seen from the file `here`: ``lines 3-7 of `a.py` ``."""
    lines = (
        f"lines {place.first}-{place.last}" if place.last > place.first else f"line {place.first}"
    )
    return lines if place.path == here else f"{lines} of `{place.path}`"


def _share(facts: Facts, limit: int | None) -> Fraction | None:
    """Return the percentage of statements that are repeated, or ``None`` without statements."""
    statements = facts.counts.get("statements", 0)
    repeated = facts.counts.get("repeated_statements", 0)
    return Fraction(100 * repeated, statements) if statements else None


LESSON = Lesson(
    practice="Follow the DRY principle: do not repeat yourself",
    before={
        "totals.py": (
            "def sum_prices(orders):\n"
            "    total = 0\n"
            "    for order in orders:\n"
            '        if order["paid"]:\n'
            '            total += order["price"]\n'
            "    return round(total, 2)\n"
            "\n"
            "\n"
            "def sum_weights(parcels):\n"
            "    weight = 0\n"
            "    for parcel in parcels:\n"
            '        if parcel["paid"]:\n'
            '            weight += parcel["grams"]\n'
            "    return round(weight, 2)\n"
        ),
    },
    after={
        "totals.py": (
            "def sum_paid(entries, field):\n"
            '    return round(sum(entry[field] for entry in entries if entry["paid"]), 2)\n'
            "\n"
            "\n"
            "def sum_prices(orders):\n"
            '    return sum_paid(orders, "price")\n'
            "\n"
            "\n"
            "def sum_weights(parcels):\n"
            '    return sum_paid(parcels, "grams")\n'
        ),
    },
    reading=("https://en.wikipedia.org/wiki/Don%27t_repeat_yourself",),
)

CHECK = Check(
    id="duplication",
    version=2,
    title="Nothing said twice",
    synonyms=("dry", "clones", "copies", "repetition", "jscpd"),
    guidance=GUIDANCE,
    guidance_by_code=GUIDANCE_BY_CODE,
    lesson=LESSON,
    measures=(
        count_measure(
            "repeated_statements",
            "Repeated statements",
            "statements",
            formula=(
                "number of statements in runs that stand again, in the same file or another;"
                " the first place does not count"
            ),
        ),
        count_measure(
            "clones",
            "Repeated passages",
            "passages",
            formula="number of runs of statements that repeat an earlier one",
        ),
        Measure(
            id="share",
            title="Share of repeated statements",
            unit="percent",
            better="lower",
            formula="100 * repeated statements / statements that could be repeated",
            value=_share,
            high=100,
        ),
        rate_measure(
            "repeated_rate",
            "Repeated statements, as a share",
            counts=("repeated_statements",),
            what="repeated statements",
        ),
    ),
    shares={
        "repeated_statements": "repeated_rate",
        "clones": "repeated_rate",
    },
    options=Options,
    inspect=inspect,
    combine=combine,
    skips_tests=True,
)
