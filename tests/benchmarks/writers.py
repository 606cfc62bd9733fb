"""How many entries a second several writers get into one store: `writers.py [ENTRIES] [WRITERS]`.

Each entry is a command; once as a process of its own, as from a shell, and once in one process that stays. The floor is
a Python that does nothing, and what git alone takes for a commit.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "faults")]

import stores  # noqa: E402
from test_writers import IDS, all_there, on_disk, store, writer  # noqa: E402

ENVIRONMENT = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "李雷"), ("EMAIL", "lilei@example.com"))
}


def processes(folder: Path, count: int, writers: int, *options: str) -> int:
    """Every entry a process; the number of entries."""
    each = count // writers
    loop = (
        'i=0; while [ $i -lt "$1" ]; do "$2" -m crmtext log "C20240501$((101 + i % 20))" phone "$3-$i" $4 '
        "2>/dev/null || exit 1; i=$((i + 1)); done"
    )
    started = [
        subprocess.Popen(["sh", "-c", loop, "sh", str(each), sys.executable, f"w{number}", *options], cwd=folder)
        for number in range(writers)
    ]
    assert [process.wait() for process in started] == [0] * writers
    assert len(on_disk(folder)) == each * writers
    return each * writers


def one_process(folder: Path, count: int, *options: str) -> int:
    """All entries from one process that stays."""
    assert writer(folder, "one", count, *options).wait() == 0
    all_there(folder, count, committed=bool(options))
    return count


def staying(folder: Path, count: int, writers: int, *options: str) -> int:
    """All entries from several processes that stay."""
    started = [writer(folder, f"w{number}", count // writers, *options) for number in range(writers)]
    assert [process.wait() for process in started] == [0] * writers
    all_there(folder, count // writers * writers, committed=bool(options))
    return count // writers * writers


def pythons(_folder: Path, count: int) -> int:
    for _time in range(count):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    return count


def commits(folder: Path, count: int) -> int:
    for _time in range(count):
        subprocess.run(
            ["git", "-c", "core.fsync=all", "commit", "-q", "--allow-empty", "-m", "x"], cwd=folder, check=True
        )
    return count


def measured(name: str, run: Callable[[Path], int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = store(Path(folder))
        before = sum(os.times()[2:4])
        start = time.perf_counter()
        count = run(made)
        wall, cpu = time.perf_counter() - start, sum(os.times()[2:4]) - before
    sys.stdout.write(f"{name:<44} {count / wall:7.1f} a second {1000 * cpu / count:7.0f} ms of CPU each\n")


def main(count: int, writers: int) -> None:
    sys.stdout.write(f"{os.cpu_count()} cores, {len(IDS)} customers, {count} entries\n")
    measured("python -c pass", lambda folder: pythons(folder, count))
    measured("git commit", lambda folder: commits(folder, count))
    for title, options in (("on the disk", ()), ("committed", ("--commit",))):
        measured(f"{writers} writers, a process each, {title}", lambda f, o=options: processes(f, count, writers, *o))  # type: ignore[misc]
        measured(f"{writers} writers that stay, {title}", lambda f, o=options: staying(f, count, writers, *o))  # type: ignore[misc]
        measured(f"one process, {title}", lambda f, o=options: one_process(f, count, *o))  # type: ignore[misc]


if __name__ == "__main__":
    os.environ.update(ENVIRONMENT, PYTHONPATH=str(stores.ROOT), CRMTEXT_LANG="en")
    main(*(int(each) for each in (sys.argv[1:] + ["80", "8"][len(sys.argv) - 1 :])))
