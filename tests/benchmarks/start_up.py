"""How much CPU the everyday commands take, as whole processes, beside Python that does nothing.

Run: python tests/benchmarks/start_up.py [ROUNDS]. The commands take turns; it prints medians and their ratios.
Counted is user and system time of the process itself, without the git commands that it calls.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
TEAM = '[store]\ntimezone = "Asia/Shanghai"\n[team.lilei]\nname = "李雷"\nemail = "lilei@example.com"\n'
RECORD = """id: C20240501{n:03}
name: 上海示例{n}电子有限公司
type: company
status: {status}
owner: lilei
contacts:
  - name: 张三
    title: 采购经理
interactions:
"""
ENTRY = """  - date: 2024-05-{day:02}
    by: lilei
    channel: phone
    summary: 问了交期和付款方式
"""
# What git's commands took is told last, over a pipe of its own, and taken off.
OURS = """
import sys
from crmtext.__main__ import main
code = main(sys.argv[2:])
import os, resource
took = resource.getrusage(resource.RUSAGE_CHILDREN)
os.write(int(sys.argv[1]), str(took.ru_utime + took.ru_stime).encode())
sys.exit(code)
"""
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "PYTHONPATH": str(ROOT),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "LANG": "C.UTF-8",
    "CRMTEXT_TODAY": "2026-11-20",
}


def record(n: int, status: str = "lead") -> str:
    return RECORD.format(n=n, status=status) + "".join(ENTRY.format(day=day) for day in range(1, 11))


def made(folder: Path) -> None:
    """A store of twenty customers in git, ten of them changed and staged."""
    (folder / "records").mkdir()
    (folder / "crmtext.toml").write_text(TEAM, "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "李雷")
    git(folder, "config", "user.email", "lilei@example.com")
    write(folder, range(20))
    git(folder, "commit", "--quiet", "-m", "first")
    write(folder, range(10), status="prospect")


def write(folder: Path, numbers: range, **values: str) -> None:
    for n in numbers:
        (folder / f"records/C20240501{n:03}.yaml").write_text(record(n, **values), "utf-8")
    git(folder, "add", ".")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env=ENVIRONMENT, check=True)


def cpu(folder: Path, words: list[str], *, ours: bool = True) -> float:
    """The milliseconds of CPU that a process took, without its children where it is one of ours."""
    reader, writer = os.pipe()
    asked = [sys.executable, "-c", OURS, str(writer), *words] if ours else words
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(asked, cwd=folder, env=ENVIRONMENT, stdout=quiet, stderr=quiet, pass_fds=(writer,))
    os.close(writer)
    _pid, status, took = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with os.fdopen(reader) as told:
        children = float(told.read() or 0)
    assert process.returncode in (0, 1), (words, process.returncode)
    return (took.ru_utime + took.ru_stime - children) * 1000


def merged(folder: Path) -> dict[str, list[str]]:
    """Two merges as git asks for them: of keys that lie apart, and of a list that both have added to."""
    old = record(1)
    sides = {
        "merge-driver": (old.replace("采购经理", "总监"), old.replace("lead", "prospect")),
        "merge-driver, list": (old + ENTRY.format(day=11), old + ENTRY.format(day=12).replace("交期", "价格")),
    }
    return {name: _asked(folder / f"merge{n}", old, *both) for n, (name, both) in enumerate(sides.items())}


def _asked(folder: Path, *versions: str) -> list[str]:
    folder.mkdir()
    for name, text in zip("OAB", versions, strict=True):
        (folder / name).write_text(text, "utf-8")
    return ["merge-driver", *(str(folder / name) for name in "OAB"), "7", "records/C20240501001.yaml"]


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base, "store")
        folder.mkdir()
        made(folder)
        commands = {
            "--help": ["--help"],
            "log": ["log", "C20240501011", "phone", "报价", "--by", "lilei", "--next", "回访", "--due", "+3d"],
            "hook pre-commit, 10 staged": ["hook", "pre-commit"],
            **merged(Path(base)),
        }
        took: dict[str, list[float]] = {}
        for number in range(rounds + 1):
            figures = {"python -c pass": cpu(folder, [sys.executable, "-c", "pass"], ours=False)}
            for name, words in commands.items():
                figures[name] = cpu(folder, words)
                (folder / "records/C20240501011.yaml").write_text(record(11), "utf-8")
            for name, figure in figures.items():
                # The first round compiles, and warms the system's cache.
                took.setdefault(name, []).extend([figure] if number else [])
    floor = median(took["python -c pass"])
    for name, each in took.items():
        sys.stdout.write(f"{name:28} {median(each):6.1f} ms  {median(each) / floor:5.1f} ×\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 15)
