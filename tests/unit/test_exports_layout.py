from __future__ import annotations

from dataclasses import replace

from grader.domain.report import CriterionLine, TotalLine
from grader.exports.prose import messages, tone
from grader.exports.prose.changes import change_in
from grader.exports.prose.layout import findings_by_file, parts, tasks
from tests.unit import exports_reports as reports


def test_what_can_be_won_comes_first_by_its_size() -> None:
    told = [(part.id, [line.id for line in part.criteria]) for part in parts(reports.typical())]
    assert told == [
        ("lost", ["short", "style", "formatting"]),
        ("manual", ["words"]),
        ("full", ["imports", "modules"]),
    ]


def test_each_outcome_has_its_part() -> None:
    assert [part.id for part in parts(reports.withheld())] == ["lost", "withheld"]
    assert [part.id for part in parts(reports.unreadable())] == ["lost", "full", "aside"]


def test_tasks_of_a_criterion_are_kinds_of_findings_with_their_files() -> None:
    (task,) = tasks(reports.typical(), "style")
    assert (task.code, task.times) == ("E501", 28)
    assert task.paths == ("main.py", "numbers/report.py")


def test_few_kinds_are_named_beside_a_criterion() -> None:
    found = tuple(reports.finding(f"E{n}", "a.py", n, criteria=("c",)) for n in range(1, 8))
    report = reports.report(findings=found, criteria=(reports.criterion("c", 1, 2),))
    told = messages.to_fix(report, report.criteria[0])
    assert told.startswith("1 x E1 in a.py, ") and told.endswith("1 x E4 in a.py and 3 more kinds")


def test_many_strengths_are_cut_short() -> None:
    lines = tuple(reports.criterion(f"c{n}", 1, 1) for n in range(9))
    report = reports.report(criteria=(*lines, reports.criterion("lost", 0, 1)))
    heading, told = tone.praise(report)
    assert (heading, told[-1], len(told)) == ("Already right", "and 4 more", 6)


HUNK = "@@ -3,6 +3,7 @@\n a\n+\n b\n-\n-c=1\n+c = 1\n+\n d\n"


def test_the_first_real_change_of_a_hunk_is_an_example() -> None:
    (change,) = filter(None, [change_in([reports.finding("black", "a.py", 1, hunk=HUNK)])])
    assert (change.line, change.before, change.after) == (6, ("c=1",), ("c = 1",))


def test_a_line_of_a_notebook_is_told_by_its_cell() -> None:
    own = reports.finding("E711", "a.ipynb", 2, cell=4, before="x == None", after="x is None")
    change = change_in([own])
    assert change and messages.change_title(change) == "Your line 2 of cell 4, and how to write it:"
    black = reports.finding("black", "a.ipynb", 1, cell=1, hunk=HUNK)
    assert change_in([black]) is None


def test_a_large_change_is_no_example() -> None:
    hunk = "@@ -1,4 +1,4 @@\n" + "-x=1\n" * 4 + "+x = 1\n" * 4
    assert change_in([reports.finding("black", "a.py", 1, hunk=hunk)]) is None


def test_unreadable_files_stand_first() -> None:
    files = findings_by_file(reports.unreadable())
    assert [(file.path, file.unreadable) for file in files] == [
        ("broken.py", True),
        ("a.py", False),
    ]


def test_repeats_of_a_code_are_one_group_and_the_dearest_group_stands_first() -> None:
    first = findings_by_file(reports.typical())[0]
    assert [(g.lead.code, len(g.findings), g.costs) for g in first.groups] == [
        ("E501", 27, ("Follows PEP 8",)),
        ("black", 1, ("Formatted with Black",)),
    ]
    assert messages.group_title(first.groups[0]).startswith("27 x E501 on lines 9, 12, 15,")


def test_how_to_mend_a_code_is_told_once() -> None:
    groups = [group for file in findings_by_file(reports.typical()) for group in file.groups]
    assert [(g.lead.code, g.first) for g in groups if g.lead.code == "E501"] == [
        ("E501", True),
        ("E501", False),
    ]


def test_a_finding_of_a_criterion_with_all_points_costs_none() -> None:
    one = reports.finding("C901", "a.py", 1, criteria=("layout",))
    group = findings_by_file(reports.report(findings=(one,)))[0].groups[0]
    assert messages.price_of(group) == "costs no points"


def test_what_to_do_first_is_said_also_where_there_is_nothing_to_do() -> None:
    assert messages.first_thing(reports.report())[0] == "Full marks"
    waiting = (_manual(reports.criterion("words", None, 5)), reports.criterion("layout", 95, 95))
    total = TotalLine(points=95, at_least=95, max_points=100, awaiting=5)
    by_hand = reports.report(criteria=waiting, total=total)
    assert messages.first_thing(by_hand)[0] == "Nothing to do for now"
    stuck = reports.report(
        criteria=(reports.criterion("a", 1, 2),),
        total=TotalLine(points=1, at_least=1, max_points=2),
    )
    assert messages.first_thing(stuck)[0] == "No single first step"


def _manual(line: CriterionLine) -> CriterionLine:
    return line.model_copy(update={"outcome": "manual"})


def test_the_sum_before_a_cap_is_exact() -> None:
    tenths = tuple(reports.criterion(f"c{n}", 0.1, 1) for n in range(30))
    assert messages.earned(reports.report(criteria=tenths)) == 3


def test_amounts_and_moments_read_well() -> None:
    assert [messages.amount(value) for value in (12, 7.5, 6.25, 0, None)] == [
        "12",
        "7.5",
        "6.25",
        "0",
        "–",
    ]
    assert messages.utc_time("2026-11-23T01:02:03.4Z") == "2026-11-23 01:02 UTC"
    assert messages.utc_time("2026-11-23T01:02:03+00:00") == "2026-11-23 01:02 UTC"
    assert messages.utc_time("yesterday") == "yesterday"


def test_what_changed_is_told_in_one_sentence() -> None:
    report = reports.changed()
    assert report.history is not None
    assert messages.since_last(report) == (
        "Since your last attempt: 5 fixed, 3 new, 29 still there; from 62 to 71.5 points."
    )
    same = report.history.model_copy(update={"points_before": 71.5, "previous_attempt": None})
    assert messages.since_last(report.model_copy(update={"history": same})) == (
        "Since the earlier version: 5 fixed, 3 new, 29 still there; 71.5 points, as before."
    )
    assert messages.since_last(reports.typical()) == ""


def test_new_findings_are_marked() -> None:
    marks = {
        (file.path, group.lead.code): messages.news_of(group)
        for file in findings_by_file(reports.changed())
        for group in file.groups
    }
    assert marks["main.py", "E501"] == "new on lines 12, 15"
    assert marks["numbers/report.py", "function-length"] == "new"
    assert marks["numbers/report.py", "E501"] == ""
    group = findings_by_file(reports.changed())[0].groups[0]
    twice = tuple(one.model_copy(update={"since": "new"}) for one in group.findings * 2)
    assert messages.news_of(replace(group, findings=twice)) == "all new"
