"""Every call of every writing command that changes a disk, its git children's too, goes wrong once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import preload
import pytest
import stores

from crmtext.cli.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ONE, TWO = "C20240501001", "C20240501002"
LOG = ["log", ONE, "phone", "what was talked about"]
EDITOR = 'sed -i "s/^status: lead/status: prospect/"'

WHERE = ["set", "--where", "status == 'lead'", "priority=key"]
COMMIT = ["--commit"]
CLASSIFY = ["classify", "--write"]
RULES = """
[[classification.rules]]
name = "leads"
where = "status == 'lead'"
set = { value = "low" }
tags = ["new"]
"""
HANDOVER = ["handover", "--from", "lilei", "--to", "hanmei"]

#: The commands, and what is run before each; all of them with and without a commit.
TRIED: dict[str, tuple[list[str], list[list[str]]]] = {
    "log": (LOG, []),
    "set": (["set", ONE, "priority=key"], []),
    "set of many": (WHERE, []),
    "append": (["append", ONE, "needs", "description=x"], []),
    "done": (["done", ONE], [[*LOG, "--next", "回访", "--due", "2026-11-30", *COMMIT]]),
    "status": (["status", ONE, "prospect"], []),
    "rename": (["rename", ONE, "--id", "C20240501777"], []),
    "rename that others follow": (
        ["rename", ONE, "--id", "C20240501777"],
        [["append", TWO, "relations", f"id={ONE}", "kind=partner", *COMMIT]],
    ),
    "archive": (["archive", ONE], []),
    "rm": (["rm", TWO], []),
    "fmt": (["fmt", "--write"], []),
    "edit": (["edit", ONE], []),
    "add": (["add", "杭州测试仪器有限公司", "--type", "company", "--id", "C20240501777"], []),
    "undo": (["undo"], [LOG]),
    "undo of many": (["undo"], [WHERE]),
}
TRIED |= {f"{name} --commit": ([*argv, *COMMIT], before) for name, (argv, before) in TRIED.items() if argv != ["undo"]}
TRIED["schema adopt"] = (["schema", "adopt", "custom.x", "notes"], [["set", "--where", "id", "custom.x=y", *COMMIT]])
TRIED["check --fix"] = (["check", "--fix"], [])
TRIED["handover"] = ([*HANDOVER, "--where", "id != 'C20240501004'", "--no-commit"], [])
TRIED["handover --commit"] = (HANDOVER, [])
TRIED["handover --branch"] = ([*HANDOVER, "--branch", "side"], [])
TRIED["undo of a handover"] = (["undo"], [HANDOVER])
TRIED["classify"] = ([*CLASSIFY, "--no-commit"], [])
TRIED["classify --commit"] = (CLASSIFY, [])
TRIED["undo of a classification"] = (["undo"], [CLASSIFY])
TRIED["log --commit beside staged edits"] = ([*LOG, *COMMIT], [["set", ONE, "priority=key"], ["git", "add", "-A"]])
TRIED["undo of a commit"] = (["undo"], [[*LOG, *COMMIT]])
TRIED["undo of a commit of many"] = (["undo"], [[*WHERE, *COMMIT]])

#: A clone that a colleague's commit is waiting for: one that goes with our own, or one that does not.
SHARED = [
    ["git", "clone", "-q", "--bare", ".", "../server.git"],
    ["git", "remote", "add", "origin", "../server.git"],
    ["git", "fetch", "-q", "origin"],
    ["git", "branch", "-q", "--set-upstream-to=origin/main"],
]
SENT = [["git", "push", "-q", "origin", "main"], ["git", "reset", "-q", "--hard", "HEAD~1"]]
THEIRS = [*SHARED, ["set", TWO, "priority=key", *COMMIT], *SENT]
FORWARD = ["set", "C20240501003", "status=lost", *COMMIT]
CLASH = [*SHARED, ["set", ONE, "priority=key", *COMMIT], *SENT, ["set", ONE, "priority=low", *COMMIT]]
NEXT = [["log", "C20240501003", "phone", "the next command", "--no-commit"]]
#: What is tried with the others' copy, or in the middle of a merge: what is run after it, and how it ends.
TRIED_TOGETHER: dict[str, dict[str, object]] = {
    "sync that forwards": {"argv": ["sync"], "before": THEIRS, "then": [["sync"], *NEXT]},
    "sync that sends": {"argv": ["sync"], "before": [*SHARED, FORWARD], "then": [["sync"], *NEXT]},
    "sync that merges": {"argv": ["sync"], "before": [*THEIRS, FORWARD], "then": [["sync"], *NEXT]},
    "sync into a conflict": {"argv": ["sync"], "before": CLASH, "then": [["sync"]], "lenient": True, "code": 1},
    "resolve": {
        "argv": ["resolve", ONE, "--theirs"],
        "before": [*CLASH, ["git", "fetch", "-q"], ["git", "merge", "-q", "origin/main"]],
        "then": NEXT,
    },
}

#: Imports, and their undoing: with few files, and in the way of many.
SHEET = """客户名称,客户类型,合作状态,负责人,电话,联系人,手机,行业
苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001001,张三,13800000101,机械
无锡蓝点电子有限公司,企业,潜在客户,李雷,0510-68001002,李四,13800000102,电子
杭州青禾食品有限公司,企业,潜在客户,韩梅,0571-68001003,王五,13800000103,食品
"""
#: The same sheet later: another trade, another phone, a further customer.
LATER = SHEET.replace(",机械\n", ",设备\n").replace("0510-68001002", "0510-68009999") + (
    "宁波海澜贸易有限公司,企业,潜在客户,韩梅,0574-68001004,赵六,13800000104,贸易\n"
)
#: The workbook of `dedupe` with decisions.
DECISIONS = f"""Group,Decision,Customer A,Name A,Customer B,Name B,Score,Reasons,Fields that differ
1,different,{ONE},,C20240501004,,0.9,,
1,same,{ONE},,{TWO},,0.9,,
"""
FILES = {
    "sheet.csv": SHEET,
    "later.csv": LATER,
    "last.csv": LATER.replace(",设备\n", ",重工\n"),
    "decisions.csv": DECISIONS,
}
IMPORT = ["import", "../sheet.csv"]
#: Our own trade of a customer, which the later sheet has another one for.
AGAIN = [IMPORT, ["set", "苏州明远", "industry=电子", *COMMIT]]
EDITED = [IMPORT, ["set", "苏州明远", "priority=key", *COMMIT]]
#: A third record that names the one that goes.
REFERRED = [["append", "C20240501003", "relations", f"id={TWO}", "kind=partner", *COMMIT]]
TRIED_IMPORTS: dict[str, dict[str, object]] = {
    "import": {"argv": IMPORT, "before": []},
    "import of many": {"argv": IMPORT, "before": [], "many": 1},
    "import --branch": {"argv": [*IMPORT, "--branch", "side"], "before": [], "aside": True},
    "import --no-commit": {"argv": [*IMPORT, "--no-commit", "--save", "team"], "before": []},
    "undo of an import": {"argv": ["undo"], "before": [IMPORT]},
    "undo of an old import": {"argv": ["undo", "HEAD~1"], "before": EDITED},
    "undo of an import of many": {"argv": ["undo", "HEAD~1"], "before": EDITED, "many": 1},
    "import again": {"argv": ["import", "../later.csv", "--on-conflict", "ours"], "before": AGAIN},
    "import again of many": {"argv": ["import", "../later.csv", "--on-conflict", "ours"], "before": AGAIN, "many": 1},
    "import of decisions alone": {
        "argv": ["import", "../last.csv", "--on-conflict", "ours"],
        "before": [*AGAIN, ["import", "../later.csv", "--on-conflict", "ours"]],
    },
    "merge": {"argv": ["merge", ONE, TWO, "--prefer", "A"], "before": REFERRED},
    "merge --no-commit": {"argv": ["merge", ONE, TWO, "--prefer", "A", "--no-commit"], "before": REFERRED},
    "undo of a merge": {"argv": ["undo"], "before": [*REFERRED, ["merge", ONE, TWO, "--prefer", "A"]]},
    "import of duplicates": {"argv": ["import", "../decisions.csv"], "before": REFERRED},
}

needs_library = pytest.mark.skipif(bool(preload.missing()), reason=f"needs {preload.missing()}")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder in memory, where thousands of copies are quick to make."""
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="crmtext-", dir=shm if os.access(shm, os.W_OK) else None) as folder:
        yield Path(folder)


def template(home: Path) -> Path:
    """A committed store; its second is in no canonical form, its last has a mistake that can be mended."""
    texts = [stores.record(number) for number in ("001", "003", "004")]
    texts.append(stores.record("002", more="priority: low\n"))
    last = stores.record("005", status="意向", owner="hanmei")
    store = stores.made(home / "template", *texts, last, team=stores.TEAM + RULES)
    for name, text in FILES.items():
        (home / name).write_text(text, "utf-8")
    for command in (["init", "-q", "-b", "main", "--template="], ["add", "-A"], ["commit", "-q", "-m", "store"]):
        subprocess.run(["git", *command], cwd=store, check=True)
    return store


def driven(home: Path, names: list[str], faults: list[str], most: int) -> list[dict[str, object]]:
    """What the driver found about these commands."""
    template(home)
    library, page = preload.compiled(home), preload.Page.new(home / "page")
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "CRMTEXT_FAULT": str(page),
        "GIT_EDITOR": EDITOR,
        "PYTHONPATH": f"{stores.ROOT}{os.pathsep}{HERE}",
    }
    further = TRIED_TOGETHER | TRIED_IMPORTS
    commands = [
        further[name] if name in further else {"argv": TRIED[name][0], "before": TRIED[name][1]} for name in names
    ]
    done = subprocess.run(
        [sys.executable, HERE / "driver.py", home],
        input=json.dumps({"commands": commands, "faults": faults, "most": most}),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_every_command_that_writes_is_tried() -> None:
    writing = {name for name, member in COMMANDS.items() if member.subject in {"daily", "records"}}
    writing -= {"sync", "due", "search", "show", "list"}
    assert {argv[0] for argv, _before in TRIED.values()} == writing | {"check", "classify", "handover", "schema"}


@needs_library
@pytest.mark.parametrize("name", ["log", "set of many --commit", "undo of a commit"])
def test_a_command_with_a_fault_has_done_all_or_nothing(home: Path, name: str) -> None:
    found = driven(home, [name], list(preload.FAULTS), 8)
    assert [(each["points"], each["wrong"]) for each in found] == [(8, [])]


@needs_library
@pytest.mark.parametrize("name", ["sync that merges", "resolve"])
def test_what_is_shared_is_neither_lost_nor_stuck_by_a_fault(home: Path, name: str) -> None:
    found = driven(home, [name], list(preload.FAULTS), 8)
    assert [each["wrong"] for each in found] == [[]]


@needs_library
@pytest.mark.parametrize(
    "name",
    [
        "import of many", "import --branch", "undo of an old import", "import again", "merge", "import of duplicates",
    ],
)  # fmt: skip
def test_an_import_or_merge_that_is_killed_has_done_all_or_nothing(home: Path, name: str) -> None:
    found = driven(home, [name], ["kill"], 5)
    assert [(each["points"], each["wrong"]) for each in found] == [(5, [])]


@needs_library
@pytest.mark.long
@pytest.mark.parametrize("name", TRIED_IMPORTS)
def test_an_import_with_any_fault_at_any_call_has_done_all_or_nothing(home: Path, name: str) -> None:
    found = driven(home, [name], list(preload.FAULTS), 0)
    sys.stdout.write(f"{name}: {found[0]['calls']} calls, {found[0]['points']} faults\n")
    assert [(bool(each["points"]), each["wrong"]) for each in found] == [(True, [])]


@needs_library
@pytest.mark.long
@pytest.mark.parametrize("name", [*TRIED, *TRIED_TOGETHER])
def test_a_command_with_any_fault_at_any_call_has_done_all_or_nothing(home: Path, name: str) -> None:
    found = driven(home, [name], list(preload.FAULTS), 0)
    sys.stdout.write(f"{name}: {found[0]['calls']} calls, {found[0]['points']} faults\n")
    assert [(bool(each["points"]), each["wrong"]) for each in found] == [(True, [])]
