"""How long `crmtext history` and `crmtext changes` take beside git itself, in a store of 10,000 customers.

Run: python tests/benchmarks/past.py [CUSTOMERS] [COMMITS]. It prints medians of five and the ratios, by the clock and
by the processor's time, with those of the program's start alone, and what both take where git alone reads the objects.
Its modules are compiled once, as installing does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter

#: The program without GitPython, as in a repository of SHA-256.
ALONE = "import sys\nfrom crmtext.git import objects\nobjects._library = lambda _repo: None\n"
ALONE += "from crmtext.__main__ import main\nsys.exit(main())"
ZONE = "+0800"
START = datetime.fromisoformat("2022-01-03T09:00:00+08:00")
SETTINGS = '[store]\ntimezone = "Asia/Shanghai"\n[team.lilei]\nname = "李雷"\n[team.hanmei]\nname = "韩梅"\n'
HEAD = """id: {id}
name: 客户{n:05}有限公司
short_name: 客户{n:05}
type: company
status: {status}
owner: {owner}
priority: normal
industry: C39
phones: ["021-5555 {n:04}"]
addresses:
  - kind: registered
    province: 上海市
    city: 上海市
    street: 示例路 {n} 号
contacts:
  - name: 联系人{n}
    title: 采购经理
    phones: ["0215555{n:04}"]
tags: [SMT, 冷链]
interactions:
"""
ENTRY = """  - date: {day}
    by: lilei
    channel: phone
    summary: 第 {k} 次回访, 问了交期和付款方式, 约下周再谈
    next:
      action: 发报价
      due: {day}
"""


def customer(n: int) -> str:
    return f"C20220103{n:05}"


def file(n: int) -> str:
    """A record's path: forty folders, as of regions."""
    return f"records/{n % 40:02}/{customer(n)}.yaml"


def stream(customers: int, commits: int) -> bytes:
    """A history for `git fast-import`: one import, then a change of one customer a commit."""
    texts = {n: HEAD.format(id=customer(n), n=n, status="lead", owner="lilei") for n in range(customers)}
    for n, text in texts.items():
        texts[n] = text + ENTRY.format(day="2022-01-01", k=0)
    parts: list[bytes] = []
    first = {file(n): text for n, text in texts.items()} | {"crmtext.toml": SETTINGS}
    parts.append(commit(START, "import", first))
    # Five years, so that a month is a sixtieth of it.
    step = timedelta(days=5 * 365) / commits
    for k in range(1, commits):
        n = (k * 7919) % customers if k % 400 else 7
        when = START + step * k
        texts[n] += ENTRY.format(day=f"{when:%Y-%m-%d}", k=k)
        if k % 50 == 0:
            texts[n] = texts[n].replace("status: lead", "status: prospect")
        parts.append(commit(when, f"客户{n:05}: +1 interaction (phone)", {file(n): texts[n]}))
    return b"".join(parts)


def commit(when: datetime, message: str, files: dict[str, str]) -> bytes:
    stamp = f"committer 李雷 <lilei@example.com> {int(when.timestamp())} {ZONE}\n".encode()
    said = message.encode()
    lines = [b"commit refs/heads/main\n", stamp, b"data %d\n%s\n" % (len(said), said)]
    for path, text in files.items():
        data = text.encode()
        lines.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    return b"".join(lines)


def imported(folder: Path, history: bytes) -> Path:
    """The folder as a repository with a history that `git fast-import` reads, checked out."""
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=history, check=True)
    subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)
    return folder


def timed(*command: str, cwd: Path) -> float:
    return measured(*command, cwd=cwd)[0]


def measured(*command: str, cwd: Path) -> tuple[float, float]:
    """Seconds by the clock, and of the processor for the command and all that it started."""
    begin, before = perf_counter(), getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return perf_counter() - begin, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(customers: int, commits: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = imported(Path(folder), stream(customers, commits))
        subprocess.run(["git", "repack", "-adq"], cwd=store, check=True)
        last = START + timedelta(days=5 * 365)
        month = f"{last - timedelta(days=30):%Y-%m-%d}"
        os.environ["CRMTEXT_TODAY"] = f"{last:%Y-%m-%d}"
        crm = (sys.executable, "-m", "crmtext")
        path = file(7)
        raw = ("git", "log", "--raw", "--no-renames", f"--since={month}T00:00:00+08:00")
        pairs = {
            "history": (("git", "log", "--", path), (*crm, "history", customer(7), "--format", "json")),
            "changes": (raw, (*crm, "changes", "--since", month, "--format", "json")),
        }
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(store / ".git/compiled")
        for name, (git, ours) in {"start alone": (raw, (*crm, "--version")), **pairs}.items():
            measured(*ours, cwd=store)
            # Taken in turns, so that a busy machine slows both.
            alone = (sys.executable, "-c", ALONE, *ours[len(crm) :])
            times = [tuple(t for each in (git, ours, alone) for t in measured(*each, cwd=store)) for _ in range(5)]
            peer, peer_cpu, wall, cpu, _wall, lone = (median(column) * 1000 for column in zip(*times, strict=True))
            say(
                f"{name}: {wall:.0f} ms, git {peer:.0f} ms, ratio {wall / peer:.1f} (target 3); "
                f"processor {cpu:.0f} ms, git {peer_cpu:.0f} ms, ratio {cpu / peer_cpu:.1f}; "
                f"read by git alone {lone:.0f} ms, ratio {cpu / lone:.2f}"
            )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3])) if len(sys.argv) > 2 else main(10_000, 20_000)
