"""What an export takes, in processor time and memory, beside reading the store and beside xlsxwriter alone.

Run: python tests/benchmarks/exporting.py [CUSTOMERS] (50,000 if none is given), or with the path of a store made by
`crmtext demo`. A table is printed: the job, processor time, the most memory, and the ratio to reading the store, which
`list --format json` does. The index is there before anything is measured. xlsxwriter alone writes the same cells.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

CRM = (sys.executable, "-m", "crmtext")
#: Writes the cells of an export's folder as text cells, without reading a record; reading the files is not measured.
PEER = """
import csv, pathlib, sys, time, xlsxwriter
csv.field_size_limit(1 << 30)
tables = [
    (path.stem[:31], list(csv.reader(path.open(encoding="utf-8-sig", newline=""))))
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv"))
]
start = time.process_time()
with xlsxwriter.Workbook(sys.argv[2], {"constant_memory": True}) as book:
    text = book.add_format({"num_format": "@"})
    for name, rows in tables:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, cell, text)
print(time.process_time() - start)
"""


def say(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def cost(store: Path, *words: str) -> tuple[float, float]:
    """Seconds of processor, children included, and megabytes of a command."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen((*CRM, *words), cwd=store, stdout=quiet, stderr=quiet) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)}: exit {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure(store: Path, folder: Path) -> None:
    cost(store, "list", "--format", "ids")
    reading, memory = cost(store, "list", "--format", "json")
    say("job", "processor", "memory", "ratio", "limit")
    say("---", "---", "---", "---", "---")
    say("`list --format json`: reading the store", f"{reading:.1f} s", f"{memory:.0f} MB", "1.0", "")
    jobs = {"jsonl": "all.jsonl", "json": "all.json", "csv": "all.csv", "csv, a folder": "lists/"}
    for job, name in jobs.items():
        seconds, memory = cost(store, "export", "-o", f"{folder}/{name}")
        say(f"export {job}", f"{seconds:.1f} s", f"{memory:.0f} MB", f"{seconds / reading:.1f}", "2")
    command = (sys.executable, "-c", PEER, f"{folder}/lists", f"{folder}/peer.xlsx")
    alone = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    say("xlsxwriter alone, the same cells", f"{alone:.1f} s", "", f"{alone / reading:.1f}", "")
    for job, limit in (("xlsx", 2 + alone / reading), ("sqlite", 1.3)):
        seconds, memory = cost(store, "export", "-o", f"{folder}/all.{job}")
        say(f"export {job}", f"{seconds:.1f} s", f"{memory:.0f} MB", f"{seconds / reading:.1f}", f"{limit:.1f}")


def main(what: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(what)
        if what.isdecimal():
            store = Path(folder) / "store"
            subprocess.run([*CRM, "demo", str(store), "--customers", what], check=True, stdout=subprocess.DEVNULL)
        measure(store, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "50000")
