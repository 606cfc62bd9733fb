"""What an import takes, in processor time and memory, beside pandas and openpyxl that only read the same workbook.

Run: python tests/benchmarks/importing.py [ROWS] (50,000 if none is given). Needs pandas and openpyxl. A table is
printed: the job, processor time with child processes, the most memory that the processes held together, time by the
clock, and the ratio of processor times. On a machine that others use, compare with the peer's two lines.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from import_runs import git, new_store

CRM = (sys.executable, "-m", "crmtext")
PEER = "import pandas, sys; pandas.read_excel(sys.argv[1], engine='openpyxl', dtype=str)"
HEADER = (
    "客户编号", "客户名称", "客户类型", "合作状态", "负责人", "行业", "电话", "网址", "国家", "省", "市", "区",
    "详细地址", "邮编", "客户来源", "创建时间", "联系人", "职务", "手机", "邮箱", "预算", "标签", "客户等级", "备注",
)  # fmt: skip


def rows(count: int, *, others: bool = False) -> list[tuple[object, ...]]:
    """Invented customers, the same for each run; the others have other numbers, and a few names of the first ones."""
    dice = random.Random(8 if others else 7)
    first = rows(count) if others else []
    cities = (("江苏省", "苏州市", "虎丘区"), ("上海市", "上海市", "浦东新区"), ("浙江省", "杭州市", "西湖区"))
    words = "明远云帆青禾蓝点星辰华润长风启航鼎盛瑞丰同创博雅金石万里新源"
    trades = ("精密机械", "信息技术", "食品", "电子科技", "物流", "新材料")
    people = ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆", "赵敏", "周杰")
    lines: list[tuple[object, ...]] = []
    for place in range(count):
        number = place + (count if others else 0)
        province, city, district = dice.choice(cities)
        name = f"{city[:2]}{''.join(dice.sample(words, 4))}{number}{dice.choice(trades)}有限公司"
        if others and place % 100 == 0:
            name = str(first[place][1])
        lines.append((
            f"KH-{number:06d}", name, "企业", dice.choice(("潜在客户", "意向客户")), dice.choice(("李雷", "韩梅")),
            dice.choice(("制造业", "软件", "食品", "电子")), f"0512-6{number:07d}", f"www.c{number}.example", "中国",
            province, city, district, f"科技路 {number} 号", "215000", dice.choice(("转介绍", "展会", "官网")),
            f"2026-0{dice.randint(1, 9)}-1{dice.randint(0, 9)}", dice.choice(people), "采购经理",
            13_000_000_000 + number, f"p{number}@c{number}.example",
            dice.choice(("50万-80万", "待确认", "10万以内", "约50万元")), "重点", "A", f"第 {number} 行的备注",
        ))  # fmt: skip
    return lines


def workbook(path: Path, count: int, *, others: bool = False) -> None:
    """Write the customers as a workbook."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("客户")
    sheet.append(HEADER)
    for line in rows(count, others=others):
        sheet.append(line)
    book.save(path)


def resident(top: int) -> float:
    """Megabytes that a process and its children hold together now."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], check=True, capture_output=True, text=True).stdout
    table = [tuple(map(int, line.split())) for line in listed.splitlines()]
    family = {top}
    for pid, parent, _size in sorted(table):
        if parent in family:
            family.add(pid)
    return sum(size for pid, _parent, size in table if pid in family) / 1024


class Cost(NamedTuple):
    """Seconds of processor, children included, the most megabytes held at a time, and seconds by the clock."""

    processor: float
    memory: float
    clock: float


def cost(command: tuple[str, ...], folder: Path) -> Cost:
    """What a command takes; it must succeed."""
    sizes, start = [0.0], time.monotonic()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:

        def watch() -> None:
            while process.returncode is None:
                sizes.append(resident(process.pid))
                time.sleep(0.2)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        output = process.stdout.read() if process.stdout else b""
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(output.decode(errors="replace"))
    return Cost(used.ru_utime + used.ru_stime, max(sizes), time.monotonic() - start)


def main(count: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        book, others, small = (top / f"{name}.xlsx" for name in ("customers", "others", "small"))
        workbook(book, count)
        workbook(others, count, others=True)
        workbook(small, 300)
        peer = (sys.executable, "-c", PEER, str(book))
        first = cost(peer, top)
        sys.stdout.write("| job | processor | memory | clock | ratio |\n|---|---|---|---|---|\n")
        _say("pandas and openpyxl read it", first, first)

        def job(name: str, store: Path, *words: str) -> None:
            _say(name, cost((*CRM, *words), store), first)

        empty, full = new_store(top / "empty"), new_store(top / "full")
        job(f"{count:,} rows, `--dry-run`", empty, "import", "--dry-run", str(book))
        job(f"{count:,} rows, `--branch`", empty, "import", "--branch", "import/benchmark", str(book))
        job(f"{count:,} rows", full, "import", str(book))
        before = _state(full)
        job(f"the same {count:,} again, nothing changed", full, "import", str(book))
        if _state(full) != before:
            raise SystemExit("the second import has changed the store")
        job(f"`dedupe` of these {count:,}, without an index", full, "dedupe")
        into = f"{count:,} others into these {count:,}, one in a hundred with a name of theirs"
        decided = ("--not-same", "all", "--on-conflict", "theirs")
        job(f"{into}, `--branch`", full, "import", "--branch", "import/others", *decided, str(others))
        job("300 rows", new_store(top / "few"), "import", str(small))
        _say("pandas and openpyxl again", cost(peer, top), first)


def _state(store: Path) -> tuple[str, str, float]:
    """The commit, what differs from it, and when a record was written last."""
    newest = max(path.stat().st_mtime for path in (store / "records").rglob("*"))
    return git(store, "rev-parse", "HEAD"), git(store, "status", "--porcelain"), newest


def _say(job: str, used: Cost, peer: Cost) -> None:
    ratio = used.processor / peer.processor
    sys.stdout.write(
        f"| {job} | {used.processor:.1f} s | {used.memory:.0f} MB | {used.clock:.1f} s | {ratio:.2f} × |\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main(int(sys.argv[1]) if sys.argv[1:] else 50_000)
