"""``make chaos``: upload hundreds of submissions while processes are killed, and print a table.

    python -m tests.chaos --database sqlite --seed 7

The plan follows from the seed, which is printed. The timing of the processes does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from random import SystemRandom

from tests.chaos.plan import FULL, Plan, make_plan
from tests.chaos.run import Run, chaos

DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Run on each database, print a table, and exit with 1 if a promise was broken."""
    given = _arguments()
    seed = given.seed if given.seed is not None else SystemRandom().randrange(1_000_000)
    plan = make_plan(replace(FULL, submissions=given.submissions), seed)
    runs = {}
    for kind in given.database or DATABASES:
        print(f"{kind}: {len(plan.sendings)} submissions, seed {seed}", flush=True)
        runs[kind] = _run(kind, plan, given.keep)
        print(f"  {runs[kind].seconds:.0f} s", flush=True)
    print("\n".join(["", *table(runs), ""]))
    for kind, run in runs.items():
        for trouble, why in run.left_out.items():
            print(f"{kind}: without {trouble}, because {why}")
    broken = [f"{kind}: {one}" for kind, run in runs.items() for one in run.verdict.broken]
    print("\n".join(broken) or "Every promise was kept.")
    sys.exit(1 if broken else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--database", action="append", choices=DATABASES, help="only this one")
    parser.add_argument("--seed", type=int, help="of the plan; by chance unless given")
    parser.add_argument("--submissions", type=int, default=FULL.submissions)
    parser.add_argument("--keep", type=Path, help="a folder to keep logs and databases in")
    return parser.parse_args()


def _run(kind: str, plan: Plan, keep: Path | None) -> Run:
    """Run ``plan`` on a database of ``kind``, in a folder of ``keep`` or a temporary one."""
    if keep is not None:
        return chaos(kind, plan, keep / kind)
    with tempfile.TemporaryDirectory(prefix="grader-chaos-") as folder:
        return chaos(kind, plan, Path(folder))


def table(runs: dict[str, Run]) -> list[str]:
    """Return a table in Markdown with a line for each figure and a column for each database."""
    rows = [("", *runs), ("---", *("---:" for _ in runs))]
    for name in next(iter(runs.values())).verdict.figures:
        rows.append((name, *(run.verdict.figures[name] for run in runs.values())))
    kills = ("kills by poison", *(str(run.poison_kills) for run in runs.values()))
    done = ("faults", *(str(sum(run.faults.values())) for run in runs.values()))
    return [f"| {' | '.join(row)} |" for row in (*rows, done, kills)]


if __name__ == "__main__":
    main()
