"""How long `report trends` takes over 24 months of 10,000 customers, beside `git log -p --first-parent`.

Run: python tests/benchmarks/trends.py [CUSTOMERS] [CHANGES]. The history has CHANGES commits a month, 50 by default,
each of one record. It prints medians of five by the clock and by the processor's time: cold, with an index of the disk
but nothing kept of the past, and warm.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))
from past import commit, measured, say

MONTHS, DAYS = 24, 30.5
STAGES = ("discovery", "qualified", "proposal", "negotiation")
CRM = (sys.executable, "-m", "crmtext")


def stream(store: Path, changes: int) -> bytes:
    """A history for `git fast-import` that ends today: the demo's records, and changes of deals, cases and lines."""
    files = [path for path in store.rglob("*") if path.is_file() and ".git" not in path.parts]
    texts = {path.relative_to(store).as_posix(): path.read_text("utf-8") for path in files}
    begin = datetime.now(UTC) - timedelta(days=MONTHS * DAYS + 10)
    parts = [commit(begin, "import", texts)]
    dice, records = random.Random(1), sorted(name for name in texts if re.match(r"records/.*\.yaml", name))
    for step in range(MONTHS * changes):
        name = dice.choice(records)
        text = texts[name]
        if stage := re.search(rf"stage: ({'|'.join(STAGES[:-1])})\n", text):
            text = text.replace(stage[0], f"stage: {STAGES[STAGES.index(stage[1]) + 1]}\n", 1)
        else:
            text += f"# change {step}\n"
        texts[name] = text
        when = begin + timedelta(days=10 + DAYS * step / changes)
        parts.append(commit(when, f"change {step}", {name: text}))
    return b"".join(parts)


def laid(store: Path, customers: int, changes: int) -> None:
    """Lay the demo's records and their history into a folder."""
    subprocess.run([*CRM, "demo", str(store), "--customers", str(customers)], check=True, capture_output=True)
    history = stream(store, changes)
    for words in (
        ("update-ref", "-d", "HEAD"),
        ("fast-import", "--quiet", "--force"),
        ("reset", "-q", "--hard", "main"),
        ("repack", "-adq"),
    ):
        subprocess.run(["git", *words], cwd=store, input=history if words[0] == "fast-import" else b"", check=True)


def main(customers: int, changes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        laid(store, customers, changes)
        since = f"{datetime.now(UTC) - timedelta(days=(MONTHS - 1) * DAYS):%Y-%m}-01"
        ours = (*CRM, "report", "trends", "--since", since, "--format", "json")
        peer = ("git", "log", "-p", "--first-parent", f"--since={since}")
        measured(*ours, cwd=store)
        cold, warm, git = [], [], []
        for _time in range(5):
            git.append(measured(*peer, cwd=store))
            (store / ".git/crmtext/past.sqlite").unlink()
            cold.append(measured(*ours, cwd=store))
            warm.append(measured(*ours, cwd=store))
        rows = {"cold": cold, "warm": warm, "git log -p": git}
        for name, times in rows.items():
            clock, processor = (median(column) for column in zip(*times, strict=True))
            say(f"{name}: {clock:.2f} s, processor {processor:.2f} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3])) if len(sys.argv) > 2 else main(10_000, 50)
