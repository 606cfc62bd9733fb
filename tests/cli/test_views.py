"""Every command in a view: reading commands work, and writing commands answer that nothing can be changed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from repos import Repo

from crmtext.cli.commands import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "C20240501001", "C20240501002"
ACCESS = """
[access.lead]
may = ["*"]
records = ["add", "move", "rename", "remove"]
settings = ["*"]
files = ["*"]

[access.support]
may = ["interactions+"]
see = ["name", "type", "status", "owner", "contacts[].name", "contacts[].phones", "interactions"]
"""
LOGGED = """\
interactions:
  - date: 2026-11-18
    by: lilei
    channel: phone
    summary: 客户询问交期
    next:
      action: 发送方案
      due: 2026-11-24
"""
REJECTED = (
    "crmtext.toml: error: this is a view for the role support; nothing can be changed here [view-store]\n"
    "  = make the change in the store that the view comes from; to get the latest view: git pull\n"
)
#: What each writing command is tried with, and what reading ones are.
WRITING = {
    "sync": ["sync", "sync -m edits", "sync --merge-branches"],
    "log": [f"log {ONE} phone 聊聊", f"log {ONE} phone 聊聊 --dry-run"],
    "done": [f"done {ONE}"],
    "add": ["add 新客户有限公司 --type company", "add 新客户有限公司 --type company --dry-run"],
    "status": [f"status {ONE} prospect"],
    "set": [f"set {ONE} owner=hanmei", "set --where id owner=hanmei"],
    "append": [f"append {ONE} contacts name=王五"],
    "edit": [f"edit {ONE}"],
    "rename": [f"rename {ONE} --slug 东方"],
    "archive": [f"archive {ONE}"],
    "rm": [f"rm {TWO}"],
    "undo": ["undo"],
    "fmt": ["fmt --write"],
    "import": ["import FILE", "import FILE --dry-run"],
    "merge": [f"merge {ONE} {TWO} --prefer A"],
    "classify": ["classify --write"],
    "check": ["check --fix", "check --fix --dry-run"],
    "handover": ["handover --from lilei --to hanmei"],
    "export": [
        "export --with-sensitive --recipient x --purpose y -o NEW.json",
        "export --outside audit --recipient x -o NEW.csv",
    ],
    "schema": ["schema upgrade", "schema adopt custom.x notes"],
    "subject-access": [f"subject-access {ONE} -o NEW"],
    "role-view": ["role-view --role support -o NEW", "role-view --role support --disclose --purpose x"],
}
READING = {
    "due": ["due --owner all"],
    "today": ["today --owner all"],
    "agenda": ["agenda --owner all"],
    "todo": ["todo --owner all"],
    "search": ["search 示例", "search 询问交期"],
    "show": [f"show {ONE}", f"show {ONE} --format json"],
    "list": ["list", "list --where days_since_contact==2", "list --format csv --columns id,name,contacts.phones"],
    "check": ["check", "check --staged", "check --at HEAD"],
    "handover": ["handover --check"],
    "classify": ["classify"],
    "export": ["export", "export -o NEW/"],
    "dedupe": ["dedupe"],
    "disclosures": ["disclosures"],
    "retention": ["retention"],
    "stats": ["stats", "stats --by status,owner"],
    "review": ["review"],
    "report": ["report -o NEW", "report weekly", "report pipeline --format json", "report value --format json"],
    "explain": ["explain status", "explain view-store"],
    "diff": ["diff", "diff HEAD"],
    "history": [f"history {ONE}"],
    "changes": ["changes --since HEAD"],
    "schema": ["schema diff"],
    "config": ["config"],
    "doctor": ["doctor"],
    "resolve": ["resolve"],
    "completion": ["completion bash"],
    "help": ["help protection"],
    "hook": ["hook pre-commit"],
    "textconv": [f"textconv VIEW/records/{ONE}.yaml"],
}
#: Commands that concern no store or all of it, or only what git runs in this clone.
ELSEWHERE = {"init", "demo", "hooks", "merge-driver", "key", "backup", "restore"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed view for support."""
    from crmtext.protection.view import run
    from crmtext.store import Store

    folder = tmp_path_factory.mktemp("views")
    texts = stores.record(more=LOGGED), stores.record("002", "苏州元件有限公司")
    source = Repo(stores.made(folder / "store", *texts, team=stores.TEAM + ACCESS))
    source.git("init", "-q", "-b", "main")
    source.commit({"README.md": "x"})
    source.git("add", "-A")
    source.git("commit", "-q", "-m", "store")
    run.run(Store(source.path), "support", folder / "view")
    view = Repo(folder / "view")
    view.git("init", "-q", "-b", "main")
    view.git("add", "-A")
    view.git("commit", "-q", "-m", "view")
    return view.path


def _words(typed: str, view: Path, folder: Path) -> list[str]:
    places = {"FILE": folder / "file.csv", "NEW": folder / "new", "VIEW": view}
    for name, path in places.items():
        typed = typed.replace(name, str(path))
    return typed.split()


def test_every_command_is_tried() -> None:
    assert {*WRITING, *READING, *ELSEWHERE} == {*COMMANDS}


@pytest.mark.parametrize("typed", [typed for every in WRITING.values() for typed in every])
def test_a_writing_command_is_rejected(
    typed: str, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stores.files(made)
    (tmp_path / "file.csv").write_text("客户名称,客户类型\n宁波甬江阀门有限公司,企业\n", "utf-8")
    result = stores.Program(capsys, made)(*_words(typed, made, tmp_path))
    assert (result.code, result.out, result.err) == (
        4,
        "",
        REJECTED,
    )
    assert (stores.files(made), Repo(made).git("status", "--short")) == (before, "")


@pytest.mark.parametrize("typed", [typed for every in READING.values() for typed in every])
def test_a_reading_command_works(typed: str, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = stores.files(made)
    result = stores.Program(capsys, made)(*_words(typed, made, tmp_path))
    assert (result.code, "error" in result.err) == (0, False), result.out + result.err
    assert (stores.files(made), Repo(made).git("status", "--short")) == (before, "")
