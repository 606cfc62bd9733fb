"""How long the access rights take to judge the commits of a push, beside the hook's own checks of the same commits.

Run: python tests/benchmarks/policy.py [COMMITS]. It prints medians of three. Most commits add an interaction; a
twentieth add a customer, a tenth are merges of two clones, and every hundredth is denied.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from past import ENTRY, HEAD, START, commit, customer, file, imported, say

from crmtext.git.history import steps
from crmtext.git.plumbing import Repository, repository, resolve
from crmtext.protection.policy.judge import Witness, judge
from crmtext.protection.policy.stores import policies
from crmtext.validation.push import commit_errors

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = """[store]
timezone = "Asia/Shanghai"
[team.lilei]
name = "李雷"
email = "lilei@example.com"
role = "sales"
[team.zhaomin]
name = "赵敏"
email = "zhaomin@example.com"
role = "lead"
[access]
lead = { may = ["*"], records = ["add", "move", "rename", "remove"], settings = ["*"], files = ["*"] }
[access.sales]
may = ["*", "-classification.value", "interactions+", "interactions[].next"]
records = ["add", "move", "rename"]
where = "owner == actor or actor in collaborators"
anywhere = ["interactions+"]
"""


def stream(customers: int, commits: int) -> bytes:
    """A first commit of many customers, and commits of one customer each; of ten, one merges what two clones made."""
    texts = {n: _text(n) for n in range(customers)}
    first = commit(START, "import", {file(n): text for n, text in texts.items()} | {"crmtext.toml": SETTINGS})
    parts, n, name, main = [_placed(first, 1)], 0, "", 1
    for mark in range(2, commits + 2):
        k, when = mark - 1, START + timedelta(minutes=mark)
        if k % 10 == 0:
            merge = commit(when, "merge", {name: texts[n]})
            parts.append(_placed(merge, mark, main, mark - 1))
            main = mark
            continue
        n = customers + k if k % 20 == 1 else (k * 7919) % customers
        name = file(n)
        text = texts.get(n) or _text(n)
        text = text.replace("tags:", "classification: {value: high}\ntags:") if k % 100 == 1 else text
        texts[n] = text + ENTRY.format(day="2022-01-02", k=k)
        one = commit(when, f"客户{n:05}: +1", {name: texts[n]})
        if k % 10 == 9:
            # In another clone, beside the last commit of main.
            parts.append(_placed(one, mark, main - 1))
        else:
            parts.append(_placed(one, mark, main))
            main = mark
    return b"".join(parts)


def _placed(made: bytes, mark: int, *parents: int) -> bytes:
    """A commit with a mark and parents; the first one's files come after them."""
    head, kind, files = made.partition(b"\nM ")
    head = head.replace(b"refs/heads/main\n", b"refs/heads/main\nmark :%d\n" % mark, 1)
    lines = [b"%s :%d" % (word, parent) for word, parent in zip((b"from", b"merge"), parents, strict=False)]
    return b"\n".join((head, *lines)) + kind + files


def _text(n: int) -> str:
    return HEAD.format(id=customer(n), n=n, status="lead", owner="lilei") + ENTRY.format(day="2022-01-01", k=0)


def seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def _judged(repo: Repository, old: str, new: str) -> int:
    return len(tuple(judge(repo, policies(repo, old), steps(repo, old, new), Witness("lilei"))))


def main(customers: int, commits: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = imported(Path(folder), stream(customers, commits))
        repo = repository(store)
        assert repo
        new = resolve(repo, "HEAD")
        old = steps(repo, None, new)[0].id
        both = [
            (seconds(lambda: _judged(repo, old, new)), seconds(lambda: tuple(commit_errors(repo, old, new, ""))))
            for _ in range(3)
        ]
        policy, checks = map(median, zip(*both, strict=True))
        say(f"{customers} customers, {commits} commits: policy {policy:.2f} s, the hook's own checks {checks:.2f} s")


if __name__ == "__main__":
    main(1_000, 1)
    main(1_000, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
