"""What figures take beside a list of the same customers, and beside DuckDB over the JSON of that list.

Run: python tests/benchmarks/figures.py [CUSTOMERS] (10,000 if none is given). A table is printed: the job, processor
and wall time, medians of seven runs in turns, and how often it fits into `list`. Earlier states are read from 24 months
in each of which 50 records change. Needs `duckdb`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import duckdb
from searching import CRM, TURNS, cost

JOBS = {
    "`list`": ("list",),
    "`stats --by status,owner`": ("stats", "--by", "status,owner"),
    "`stats --measure revenue --period month`": ("stats", "--measure", "revenue", "--period", "month"),
    "`stats --by interactions.by --measure followups,answer_rate`": (
        "stats", "--by", "interactions.by", "--measure", "followups,answer_rate",
    ),
    "`stats --by status --measure customers,open_value,weighted,open_cases --period month`, 24 months": (
        "stats", "--by", "status", "--measure", "customers,open_value,weighted,open_cases", "--period", "month",
        "--since", "2024-12-01", "--as-of", "2026-11-30",
    ),
}  # fmt: skip
MONTHS, CHANGED = 24, 50


def made(store: Path, customers: int) -> None:
    """A store whose customers were all there before the first month."""
    subprocess.run([*CRM, "demo", str(store), "--customers", str(customers)], check=True, stdout=subprocess.DEVNULL)
    paths = sorted(store.glob("records/**/*.yaml"))
    commit(store, "2024-11-15", "--amend")
    for month in range(MONTHS):
        for path in paths[month * CHANGED : (month + 1) * CHANGED]:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"notes: month {month}\n")
        year, number = divmod(2024 * 12 + 11 + month, 12)
        commit(store, f"{year}-{number + 1:02}-15")


def commit(store: Path, day: str, *options: str) -> None:
    dates = {"GIT_COMMITTER_DATE": f"{day}T12:00:00+08:00", "GIT_AUTHOR_DATE": f"{day}T12:00:00+08:00"}
    command = ["git", "-c", "core.hooksPath=/dev/null", "commit", "-qam", day, *options]
    subprocess.run(command, cwd=store, check=True, env=os.environ | dates)


def main(customers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        made(store, customers)
        for command in JOBS.values():
            cost((*CRM, *command), store)
        runs = [{job: cost((*CRM, *command), store) for job, command in JOBS.items()} for _turn in range(TURNS)]
        lists = median(one["`list`"][0] for one in runs)
        for job in JOBS:
            processor, wall = (median(one[job][place] for one in runs) for place in (0, 1))
            sys.stdout.write(f"| {job} | {processor:.2f} s | {wall:.2f} s | {processor / lists:.2f} |\n")
        file = Path(folder) / "list.json"
        with file.open("wb") as output:
            subprocess.run([*CRM, "list", "--format", "json"], cwd=store, stdout=output, check=True)
        query = (
            f"SELECT c.status, c.owner, count(*) FROM (SELECT unnest(customers) c FROM read_json('{file}', "
            "maximum_object_size=500000000)) GROUP BY ALL"
        )
        code = f"import duckdb; duckdb.sql({query!r}).fetchall()"
        processor, wall = cost((sys.executable, "-c", code), store)
        sys.stdout.write(f"| DuckDB {duckdb.__version__}, status and owner | {processor:.2f} s | {wall:.2f} s | |\n")


if __name__ == "__main__":
    os.environ |= {"CRMTEXT_LANG": "en", "TZ": "Asia/Shanghai"}
    # Modules are compiled once, as installing does.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000)
