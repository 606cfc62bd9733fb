"""How long it takes to check a push commit by commit, beside one whole check of its last commit.

Run: python tests/benchmarks/walked.py. It prints medians of three; half of the commits add an interaction, a few a
customer, a few change a phone number, so that what customers share changes.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median

from past import ENTRY, HEAD, SETTINGS, START, commit, customer, file, imported, say, timed


def stream(customers: int, commits: int) -> bytes:
    """A first commit of many customers, and commits of one customer each."""
    texts = {n: _text(n) for n in range(customers)}
    parts = [commit(START, "import", {file(n): text for n, text in texts.items()} | {"crmtext.toml": SETTINGS})]
    for k in range(1, commits + 1):
        n = customers + k if k % 10 == 0 else (k * 7919) % customers
        text = texts.get(n) or _text(n)
        text = text.replace("021-5555", "021-6666") if k % 10 == 5 else text
        texts[n] = text + ENTRY.format(day="2022-01-02", k=k)
        parts.append(commit(START + timedelta(minutes=k), f"客户{n:05}: +1", {file(n): texts[n]}))
    return b"".join(parts)


def _text(n: int) -> str:
    return HEAD.format(id=customer(n), n=n, status="lead", owner="lilei") + ENTRY.format(day="2022-01-01", k=0)


def main(customers: int, commits: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = imported(Path(folder), stream(customers, commits))
        crm = (sys.executable, "-m", "crmtext", "check")
        # Taken in turns, so that a busy machine slows both.
        asked = ((*crm, "--range", f"HEAD~{commits}..HEAD"), (*crm, "--at", "HEAD"))
        walked, whole = (
            median(column)
            for column in zip(*([timed(*each, cwd=store) for each in asked] for _ in range(3)), strict=True)
        )
        say(f"{customers} customers, {commits} commits: {walked:.2f} s, one whole check {whole:.2f} s")


if __name__ == "__main__":
    main(1_000, 38)
    main(10_000, 1)
