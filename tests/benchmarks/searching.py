"""What a search takes beside ripgrep over the same records, in processor and wall time, and what the texts take.

Run: python tests/benchmarks/searching.py [CUSTOMERS] (10,000 if none is given). A table is printed: the job, the median
of seven runs in turns with the others. Needs `rg`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

CRM = (sys.executable, "-m", "crmtext")
TURNS = 7
#: Two characters in half of the records, in a quarter, and in few; pinyin, initials, two words, the end of a number.
WORDS = (("报价",), ("冷链",), ("诸葛",), ("baiyang",), ("zs",), ("冷链", "报价"), ("6475",))


def cost(command: tuple[str, ...], store: Path) -> tuple[float, float]:
    """Seconds of processor, children included, and of the clock."""
    before = time.perf_counter()
    with subprocess.Popen(command, cwd=store, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, time.perf_counter() - before


def say(job: str, costs: list[tuple[float, float]]) -> None:
    processor, wall = zip(*costs, strict=True)
    sys.stdout.write(f"| {job} | {median(processor):.2f} s | {median(wall):.2f} s |\n")
    sys.stdout.flush()


def size(store: Path) -> float:
    """Megabytes of the index."""
    return sum(file.stat().st_size for file in (store / ".git/crmtext").iterdir()) / 1e6


def main(customers: int) -> None:
    if not shutil.which("rg"):
        sys.exit("rg is needed")
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        subprocess.run([*CRM, "demo", str(store), "--customers", str(customers)], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(store / ".git/crmtext", ignore_errors=True)
        say(f"{customers:,} customers: first check", [cost((*CRM, "check"), store)])
        before = size(store)
        say("first search", [cost((*CRM, "search", "报价"), store)])
        sys.stdout.write(f"| the index grows from {before:.0f} MB to {size(store):.0f} MB | | |\n")
        jobs = {f"`search {' '.join(words)}`": (*CRM, "search", *words) for words in WORDS}
        jobs["`rg 报价 records/`"] = ("rg", "报价", "records/")
        jobs["`list --limit 20`"] = (*CRM, "list", "--limit", "20")
        runs = [{job: cost(command, store) for job, command in jobs.items()} for _turn in range(TURNS)]
        for job in jobs:
            say(job, [each[job] for each in runs])


if __name__ == "__main__":
    os.environ.setdefault("CRMTEXT_LANG", "en")
    # Modules are compiled once, as installing does.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main(int(sys.argv[1]) if sys.argv[1:] else 10_000)
