"""How long checks, lists and the hook take beside git, a bare Python and other programs, on stores made by `demo`.

Run: python tests/benchmarks/speed.py [CUSTOMERS]... (1,000, 10,000 and 100,000 if none is given). It prints a table:
job, floor, ours, peer, ratio. A job and its peer are run in turns, so that a busy machine slows both; of the quick
ones the medians of five are shown. A peer that is not installed is left out.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import yaml

from crmtext.text.read.load import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CRM = (sys.executable, "-m", "crmtext")
FEW = 5
Run = tuple[str, ...]


def say(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def wall(command: Sequence[str], store: Path) -> float:
    """Seconds by the clock."""
    begin = perf_counter()
    run(command, store)
    return perf_counter() - begin


def cpu(command: Sequence[str], store: Path) -> float:
    """Seconds of processor, children of the command included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command, store)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def own_cpu(command: Sequence[str], store: Path) -> float:
    """Seconds of processor of a Python program itself, without the git processes that it starts."""
    program = "import atexit, resource, sys\nfrom pathlib import Path\n"
    program += "told = Path(sys.argv.pop())\n"
    program += "atexit.register(lambda: told.write_text(str(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))))\n"
    program += "from crmtext.__main__ import main\nsys.exit(main(sys.argv[1:]))\n"
    with tempfile.NamedTemporaryFile("r") as told:
        subprocess.run(
            [sys.executable, "-c", program, *command[len(CRM) :], told.name],
            cwd=store,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return float(told.read())


def run(command: Sequence[str], store: Path) -> None:
    subprocess.run(command, cwd=store, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def compare(
    job: str,
    store: Path,
    ours: Run,
    peer: Run,
    *,
    target: str,
    times: int = FEW,
    before: Callable[[], None] = lambda: None,
    measure: Callable[[Sequence[str], Path], float] = wall,
    against: Callable[[Sequence[str], Path], float] | None = None,
) -> None:
    """Say how long ours takes, and how many times that is what the peer takes."""
    if shutil.which(peer[0]) is None:
        return
    pairs = []
    for _turn in range(times):
        before()
        pairs.append((measure(ours, store), (against or measure)(peer, store)))
    mine, other = (median(column) for column in zip(*pairs, strict=True))
    ratio = f"{mine / other:.2f} ×" if mine > other else f"1/{other / mine:.1f}"
    say(job, f"{mine * 1000:,.0f} ms", f"{Path(peer[0]).name} {other * 1000:,.0f} ms", ratio, target)


def record_file(store: Path, to: Path) -> None:
    """The customers as a file for recutils: the keys of one line each."""
    lines = [
        "%rec: Customer",
        "%mandatory: id name type status owner",
        "%key: id",
        f"%type: status enum {STATUSES}",
        "",
    ]
    for path in sorted(store.glob("records/**/*.yaml")):
        data = parse(path.read_bytes()).data
        for key, value in flat(data, ""):
            lines.append(f"{key}: {value}")
        lines.append("")
    to.write_text("\n".join(lines), "utf-8")


STATUSES = "lead prospect negotiating active paused lost"


def flat(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Every value of a record by a name that recutils take."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from flat(child, f"{name}_{key}".strip("_"))
    elif isinstance(value, list):
        for child in value:
            yield from flat(child, name)
    else:
        yield name, str(value).replace("\n", "\n+ ")


def forget(store: Path) -> None:
    shutil.rmtree(store / ".git" / "crmtext", ignore_errors=True)


def loaders(store: Path) -> None:
    texts = [path.read_bytes() for path in sorted(store.glob("records/**/*.yaml"))[:1000]]

    def strict() -> float:
        begin = perf_counter()
        for text in texts:
            parse(text)
        return perf_counter() - begin

    def plain() -> float:
        begin = perf_counter()
        for text in texts:
            yaml.load(text, yaml.CSafeLoader)
        return perf_counter() - begin

    mine, other = (median(column) for column in zip(*((strict(), plain()) for _turn in range(3)), strict=True))
    say(
        "the strict loader",
        f"{mine * 1000:.0f} ms",
        f"CSafeLoader {other * 1000:.0f} ms",
        f"{mine / other:.2f} ×",
        "≤ 1",
    )


def starts(store: Path) -> None:
    bare = (sys.executable, "-c", "pass")
    customer = next(iter(sorted(store.glob("records/**/*.yaml")))).stem
    log = (*CRM, "log", customer, "phone", "报价", "--by", "lilei", "--dry-run")
    for job, ours, target in (("--help", (*CRM, "--help"), "≤ 6"), ("log", log, "≤ 12")):
        compare(f"start-up, {job} (CPU)", store, ours, bare, target=target, measure=own_cpu, against=cpu)


def touched(store: Path) -> Callable[[], None]:
    """Changes one record a little, another way each time."""
    path = min(store.glob("records/**/*.yaml"))
    text, count = path.read_text("utf-8"), iter(range(1_000_000))

    def touch() -> None:
        path.write_text(f"{text}# {next(count)}\n", "utf-8")

    return touch


def hook(store: Path) -> None:
    """The hook with ten records staged."""
    for path in sorted(store.glob("records/**/*.yaml"))[:10]:
        with path.open("a", encoding="utf-8") as file:
            file.write("# staged\n")
    subprocess.run(["git", "add", "-A"], cwd=store, check=True)
    command = (*CRM, "hook", "pre-commit")
    run(command, store)
    bare = (sys.executable, "-c", "pass")
    compare("the hook, 10 staged (CPU)", store, command, bare, target="≤ 12", measure=own_cpu, against=cpu)


def main(customers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, records = Path(folder) / "store", Path(folder) / "customers.rec"
        subprocess.run([*CRM, "demo", str(store), "--customers", str(customers)], check=True, stdout=subprocess.DEVNULL)
        record_file(store, records)
        say(f"**{customers:,} customers**", "ours", "peer", "ratio", "target")
        loaders(store)
        starts(store)
        check = (*CRM, "check", "--format", "json")
        cold = {"times": 3 if customers <= 1_000 else 1, "before": lambda: forget(store)}
        compare("cold check", store, check, ("recfix", str(records)), target="≤ 1/5", **cold)  # type: ignore[arg-type]
        if customers <= 10_000:
            files = [str(path) for path in sorted(store.glob("records/**/*.yaml"))]
            schema = str(store / "schema" / "customer.schema.json")
            peer = ("check-jsonschema", "--schemafile", schema, *files)
            compare("cold check", store, check, peer, target="≤ 1/15", **cold)  # type: ignore[arg-type]
        status = ("git", "status", "--porcelain")
        compare("warm check", store, check, status, target="≤ 4, at 100,000 ≤ 2")
        compare("one changed file", store, check, check, target="≤ 1.5", before=touched(store))
        select = ("recsel", "-t", "Customer", "-e", "owner = 'lilei'", str(records))
        one_owner = (*CRM, "list", "--owner", "lilei")
        compare("list by owner", store, one_owner, select, target="≤ 1/5")
        compare("due by owner", store, (*CRM, "due", "--owner", "lilei"), one_owner, target="≤ 1.5")
        hook(store)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        say("the largest process", f"{peak / 1024:,.0f} MB", "", "", "< 1,000 MB")


if __name__ == "__main__":
    os.environ.setdefault("CRMTEXT_LANG", "en")
    # Modules are compiled once, as installing does.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for size in [int(each) for each in sys.argv[1:]] or [1_000, 10_000, 100_000]:
        main(size)
