"""What lists, a look at one customer and a check after a copy take, in processor time and memory.

Run: python tests/benchmarks/lists.py [CUSTOMERS] (21,903 if none is given). A table is printed: the job, the least of
three runs in turns with the others, the most memory of any. Two peers show how quick the machine is meanwhile:
`history` of one customer, and Python reading and writing the same JSON as a whole.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CRM = (sys.executable, "-m", "crmtext")
TURNS = 3
WHOLE = (
    "import json, sys; sys.stdout.write(json.dumps(json.load(open(sys.argv[1], encoding='utf-8')), ensure_ascii=False))"
)


def say(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def cost(command: tuple[str, ...], store: Path) -> tuple[float, float]:
    """Seconds of processor, children included, and megabytes of a command."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=store, stdout=quiet, stderr=quiet) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main(customers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made, store, document = (Path(folder) / name for name in ("made", "store", "customers.json"))
        subprocess.run([*CRM, "demo", str(made), "--customers", str(customers)], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["git", "clone", "-q", str(made), str(store)], check=True)
        say(f"{customers:,} customers", "processor", "memory")
        for job in ("first check after a clone", "second", "third"):
            _say(job, [cost((*CRM, "check"), store)])
        shutil.copytree(store, Path(folder) / "copy", symlinks=True)
        for job in ("first check after a copy of all", "second", "third"):
            _say(job, [cost((*CRM, "check"), Path(folder) / "copy")])
        with document.open("wb") as file:
            subprocess.run([*CRM, "list", "--format", "json"], cwd=store, check=True, stdout=file)
        record = min(store.glob("records/**/*.yaml"))
        name = next(line for line in record.read_text("utf-8").splitlines() if line.startswith("name: "))[6:]
        jobs = {
            "`history ID`": (*CRM, "history", record.stem),
            "`show ID`": (*CRM, "show", record.stem),
            "`show NAME`": (*CRM, "show", name),
            "`show` a name nobody has": (*CRM, "show", "没有这样的客户"),
            "`show` letters nobody is called": (*CRM, "show", "qwertzu"),
            "`log NAME`": (*CRM, "log", name, "phone", "报价", "--by", "lilei", "--no-commit"),
            "`list --where \"status == 'paused'\"`": (*CRM, "list", "--where", "status == 'paused'"),
            "`list --owner lilei`": (*CRM, "list", "--owner", "lilei"),
            "`due --owner lilei`": (*CRM, "due", "--owner", "lilei"),
            "`due --owner all`": (*CRM, "due", "--owner", "all"),
            "`list`": (*CRM, "list"),
            "`list --format csv`": (*CRM, "list", "--format", "csv"),
            "`list --format ids`": (*CRM, "list", "--format", "ids"),
            "`list --format json`": (*CRM, "list", "--format", "json"),
            "the same JSON, whole": (sys.executable, "-c", WHOLE, str(document)),
        }
        runs = [{job: cost(command, store) for job, command in jobs.items()} for _turn in range(TURNS)]
        for job in jobs:
            _say(job, [each[job] for each in runs])


def _say(job: str, costs: list[tuple[float, float]]) -> None:
    times, sizes = zip(*costs, strict=True)
    say(job, f"{min(times):.2f} s", f"{max(sizes):.0f} MB")


if __name__ == "__main__":
    os.environ.setdefault("CRMTEXT_LANG", "en")
    # Modules are compiled once, as installing does.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main(int(sys.argv[1]) if sys.argv[1:] else 21_903)
