"""How much processor time everyday commands take beside another version of the program.

Run: python tests/benchmarks/before.py PYTHON [CUSTOMERS], with the Python of an environment in which the other version
is installed. Each has a clone of one store made by `demo`; they take turns, and medians of seven and their ratios are
printed. Git's processes are counted. Modules are compiled once, as installing does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from past import measured, say

if TYPE_CHECKING:
    from collections.abc import Callable

TURNS = 7


def nothing(_store: Path) -> None:
    """The store is right as it is."""


def cold(store: Path) -> None:
    """No index and no answer is kept."""
    for file in (store / ".git/crmtext").glob("*"):
        file.unlink()


def taken_back(store: Path) -> None:
    """No change is left, and the index knows it."""
    subprocess.run(["git", "checkout", "-q", "--", "."], cwd=store, check=True)


def edited(store: Path) -> None:
    """One more line in a record."""
    append(store, 1)


def staged(store: Path) -> None:
    """One more line in ten records, staged."""
    append(store, 10)
    subprocess.run(["git", "add", "-A"], cwd=store, check=True)


def append(store: Path, records: int) -> None:
    for path in sorted(store.glob("records/**/*.yaml"))[:records]:
        with path.open("a", encoding="utf-8") as file:
            file.write("# more\n")


def main(other: str, customers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.update(PYTHONPYCACHEPREFIX=str(Path(folder) / "compiled"), CRMTEXT_LANG="en")
        made = Path(folder) / "made"
        demo = (sys.executable, "-m", "crmtext", "demo", str(made), "--customers", str(customers))
        subprocess.run(demo, check=True, stdout=subprocess.DEVNULL)
        record = sorted(made.glob("records/**/*.yaml"))[customers // 2].read_text("utf-8").splitlines()
        id_, name = (next(line for line in record if line.startswith(key))[len(key) :] for key in ("id: ", "name: "))
        jobs: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
            "first check": (cold, ("check",)),
            "check again": (nothing, ("check",)),
            "check, one changed": (edited, ("check",)),
            "list --owner": (taken_back, ("list", "--owner", "lilei")),
            "list": (nothing, ("list",)),
            "show ID": (nothing, ("show", id_)),
            "set, a tag": (taken_back, ("set", id_, "tags+=x", "--no-commit")),
            "set, a name": (taken_back, ("set", id_, f"name={name}甲", "--no-commit")),
            "log": (taken_back, ("log", id_, "phone", "报价", "--by", "lilei", "--no-commit")),
            "history": (taken_back, ("history", id_)),
            "the hook, 10 staged": (staged, ("hook", "pre-commit")),
            "--help": (nothing, ("--help",)),
        }
        stores = {python: Path(folder) / name for name, python in (("ours", sys.executable), ("theirs", other))}
        for store in stores.values():
            subprocess.run(["git", "clone", "-q", str(made), str(store)], check=True)
        for job, (prepare, words) in jobs.items():
            ours, theirs = (
                median(column) for column in zip(*(turn(stores, prepare, words) for _ in range(TURNS)), strict=True)
            )
            say(f"{job}: {ours * 1000:.0f} ms, the other {theirs * 1000:.0f} ms, ratio {ours / theirs:.2f}")


def turn(stores: dict[str, Path], prepare: Callable[[Path], None], words: tuple[str, ...]) -> list[float]:
    """What a command took in each store; it is called once before, so that its index is there."""
    found = []
    for python, store in stores.items():
        if prepare is not cold:
            measured(python, "-m", "crmtext", "check", cwd=store)
        prepare(store)
        found.append(measured(python, "-m", "crmtext", *words, cwd=store)[1])
    return found


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else 10_000)
