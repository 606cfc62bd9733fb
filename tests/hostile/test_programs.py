"""Every command in a received clone whose settings name a program wherever git takes one: none of them runs."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
import stores
from hostile.case import BAD, HEAD, NEIGHBOUR, TEAM
from repos import Repo

from crmtext.cli.commands import COMMANDS
from crmtext.git.overrides import PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path

ID, OTHER = "C20240501AAAA", "C20240501BBBB"
#: A name that `-c` would cut, one in a file of its own, and one of the work tree's own settings.
FILTERS = ("a=b.c", "included", "worktree")
MIDDLES = {"filter": FILTERS, "diff": ("evil",), "merge": ("evil", "crmtext.x"), "gpg": ("ssh", "x509")}
MORE = {
    "core.pager", "pager.log", "pager.diff", "pager.config", "alias.rev-parse", "alias.merge-tree", "alias.ls-files",
    "interactive.difffilter", "submodule.evil.update", "trailer.evil.cmd", "trailer.evil.command",
    "uploadpack.packobjectshook", "gc.recentobjectshook", "sendemail.sendmailcmd",
}  # fmt: skip
HOOKS = (
    "pre-commit", "post-commit", "prepare-commit-msg", "commit-msg", "pre-push", "reference-transaction",
    "post-index-change", "post-checkout", "post-merge", "fsmonitor-watchman", "pre-auto-gc", "update", "pre-receive",
    "post-receive", "post-update", "proc-receive", "push-to-checkout",
)  # fmt: skip
ATTRIBUTES = f"""\
* merge=evil diff=evil filter={FILTERS[0]}
records/** merge=crmtext.x
{BAD} filter=included
crmtext.toml filter=worktree
"""

#: A public key that a backup is encrypted to.
PUBLIC = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
OLD = 1_700_000_000
#: By command: what is asked, and the exit code.
ASKED: dict[str, tuple[tuple[int, str], ...]] = {
    "init": ((0, "init NEW"),),
    "hooks": ((1, "hooks status"), (3, "hooks install"), (3, "hooks uninstall")),
    "demo": ((0, "demo NEW --customers 2"),),
    "doctor": ((1, "doctor"),),
    "help": ((0, "help all"),),
    "schema": ((0, "schema diff"), (0, "schema upgrade --dry-run")),
    "config": ((0, "config"),),
    "add": ((0, "add 新客户有限公司 --type company --commit"),),
    "log": ((0, f"log {OTHER} phone 聊聊 --commit"), (0, f"log {OTHER} phone 聊聊 --no-commit")),
    "edit": ((0, f"edit {ID}"),),
    "append": ((0, f"append {OTHER} contacts name=王五 --commit"),),
    "set": ((0, f"set {OTHER} owner=hanmei --commit"),),
    "done": ((2, f"done {OTHER}"),),
    "status": ((0, f"status {OTHER} active --commit"),),
    "rename": ((0, f"rename {OTHER} --slug 东方 --commit"),),
    "merge": ((0, f"merge {ID} {OTHER} --dry-run"), (0, f"merge {ID} {OTHER} --prefer A --commit")),
    "dedupe": ((0, "dedupe"),),
    "export": (
        (0, "export --format csv"),
        (0, "export --at HEAD~1 --format jsonl"),
        (0, "export -o NEW/"),
        (0, "export --with-sensitive --recipient a --purpose b"),
        (0, "export --outside a --recipient b"),
    ),
    "retention": ((0, "retention"), (0, "retention --due --at HEAD~1"), (0, "retention --erase-plan")),
    "subject-access": ((0, f"subject-access {ID} -o NEW/"),),
    "disclosures": ((0, "disclosures"), (0, f"disclosures {ID}")),
    "archive": ((0, f"archive {OTHER} --commit"),),
    "rm": ((0, f"rm {OTHER} --commit"),),
    "key": ((2, "key init"), (4, "key show")),
    "backup": ((0, f"backup -o NEW -r {PUBLIC}"), (3, "backup --verify MESSAGE")),
    "restore": ((3, "restore MESSAGE NEW"),),
    "fmt": ((1, "fmt"), (0, "fmt --write --commit")),
    "undo": ((3, "undo"),),
    "due": ((0, "due"), (0, "due --at HEAD~1"), (0, "due --format ics")),
    "today": ((0, "today"),),
    "agenda": ((0, "agenda"),),
    "todo": ((0, "todo"),),
    "show": ((0, f"show {ID}"), (0, f"show {ID} --at HEAD~1")),
    "search": ((0, "search 示例"), (0, "search 示例 --at HEAD~1")),
    "list": ((0, "list"), (0, "list --at HEAD~1"), (0, "list --format json")),
    "stats": ((0, "stats --by status"), (0, "stats --at HEAD~1")),
    "check": ((0, "check"), (0, "check --staged"), (0, "check --range HEAD~1..HEAD")),
    "sync": ((3, "sync"),),
    "resolve": ((0, "resolve"),),
    "explain": ((0, "explain status"),),
    "diff": ((0, "diff"), (0, "diff --staged"), (0, "diff HEAD~1"), (0, "diff HEAD~1..HEAD"), (0, "diff side...HEAD")),
    "history": ((0, f"history {ID}"),),
    "changes": ((0, "changes --since HEAD~1"),),
    "import": ((0, "import --list"), (0, "import NEW.csv --dry-run"), (0, "import NEW.csv")),
    "handover": (
        (0, "handover --from lilei --to hanmei --dry-run"),
        (0, "handover --from lilei --to hanmei --branch leave"),
    ),
    "review": ((0, "review"), (0, "review --quarterly --format json")),
    "classify": ((0, "classify"), (0, "classify --at HEAD~1"), (0, "classify --write")),
    "role-view": ((0, "role-view --role support -o NEW"),),
    "report": ((0, "report -o out"), (0, "report weekly"), (0, "report pipeline --format json")),
    "completion": ((0, "completion bash"),),
    "hook": ((0, "hook pre-commit"), (0, "hook commit-msg MESSAGE"), (0, "hook prepare-commit-msg MESSAGE")),
    "merge-driver": ((0, "merge-driver MESSAGE MESSAGE MESSAGE 7 x"),),
    "textconv": ((0, f"textconv {BAD}"),),
}


def marks(folder: Path) -> list[str]:
    """The keys and hooks whose program ran."""
    return sorted(each.name for each in (folder / "ran").iterdir())


def keys() -> list[str]:
    """Every key of the table, with names in the middle, and more that are known to name programs."""
    found = []
    for pattern in PROGRAMS:
        section = pattern.partition(".")[0]
        found += [pattern.replace("*", middle) for middle in MIDDLES.get(section, ("origin",))]
    return sorted({*found, *MORE})


def armed(folder: Path) -> Repo:
    """A clone with work of its own and of others, and files that git takes for perhaps changed."""
    (folder / "ran").mkdir(parents=True)
    middle = Repo(folder / "middle.git")
    middle.path.mkdir()
    middle.git("init", "-q", "--bare", "-b", "main")
    repo = Repo(folder / "clone")
    repo.path.mkdir()
    repo.git("clone", "-q", str(middle.path), ".")
    han = '\n[team.hanmei]\nname = "韩梅"\nemail = "hanmei@example.com"\nrole = "support"\n'
    neighbour = {f"records/{OTHER}.yaml": NEIGHBOUR}
    repo.commit({"crmtext.toml": TEAM + han, BAD: HEAD, **neighbour, "MESSAGE": "words\n"})
    repo.commit({BAD: HEAD.replace("prospect", "lead"), ".gitattributes": ATTRIBUTES})
    repo.git("push", "-q", "-u", "origin", "HEAD:main")
    repo.git("branch", "side", "HEAD~1")
    # As old as the index: git compares what they hold, though size and time are as they were. One is newer.
    repo.git("config", "core.checkStat", "minimal")
    repo.git("config", "core.trustctime", "false")
    tracked = repo.git("ls-files").split()
    for path in tracked:
        os.utime(repo.path / path, (OLD, OLD))
    repo.git("update-index", "-q", "--refresh")
    os.utime(repo.path / f"records/{OTHER}.yaml")
    _arm(repo, folder)
    os.utime(repo.path / ".git/index", (OLD, OLD))
    return repo


def _arm(repo: Repo, folder: Path) -> None:
    git = repo.path / ".git"
    for key in keys():
        settings = {"included": ["-f", str(git / "more")], "worktree": ["-f", str(git / "config.worktree")]}
        where = next((each for name, each in settings.items() if f".{name}." in key), [])
        # What git takes for a filter that works; one that is to answer as a process would stop the other two.
        if key.endswith(".process") and "worktree" not in key:
            continue
        ends = "cat" if key.startswith("filter.") else "false"
        program = f"touch {folder}/ran/{key}; {ends} #"
        value = f"!{program}" if key.startswith(("alias.", "credential.", "submodule.")) else program
        repo.git("config", *where, key, value)
    others = {
        "include.path": "more",
        "extensions.worktreeConfig": "true",
        "merge.default": "evil",
        "commit.gpgSign": "false",
        "core.hooksPath": "evil-hooks",
        "protocol.ext.allow": "always",
        f"url.ext::touch {folder}/ran/ext .insteadOf": "evil:",
        "diff.ignoreSubmodules": "none",
        "submodule.recurse": "true",
        **{f"filter.{each}.required": "true" for each in FILTERS},
    }
    for key, value in others.items():
        repo.git("config", key, value)
    for hook in HOOKS:
        for home in (git / "hooks", repo.path / "evil-hooks"):
            home.mkdir(exist_ok=True)
            (home / hook).write_text(f"#!/bin/sh\ntouch {folder}/ran/hook-{hook}\n")
            (home / hook).chmod(0o755)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The armed clone, made once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            patch.delenv(name)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        for who in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{who}_NAME", "李雷")
            patch.setenv(f"GIT_{who}_EMAIL", "lilei@example.com")
        return armed(tmp_path_factory.mktemp("armed")).path


def test_every_command_is_asked_something() -> None:
    assert ASKED.keys() == COMMANDS.keys()


@pytest.mark.parametrize(
    ("asked", "code"),
    [pytest.param(asked, code, id=asked) for asks in ASKED.values() for code, asked in asks],
)
def test_a_command_runs_none_of_them(
    clone: Path,
    asked: str,
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    here = tmp_path / "clone"
    shutil.copytree(clone, here, symlinks=True)
    monkeypatch.setenv("GIT_EDITOR", "true")
    monkeypatch.chdir(here)
    sheet = "客户名称,客户类型,合作状态,负责人\n宁波甬江阀门有限公司,企业,潜在,李雷\n"
    (tmp_path / "new.csv").write_text(sheet, "utf-8")
    said = stores.Program(capsys, here)(*asked.replace("NEW", str(tmp_path / "new")).split())
    ran = marks(clone.parent)
    for each in ran:
        (clone.parent / "ran" / each).unlink()
    assert ran == []
    assert (said.code, "Traceback" in said.err) == (code, False), said.err


def test_git_itself_runs_them(clone: Path, tmp_path: Path) -> None:
    # Else the traps would prove nothing.
    repo = Repo(tmp_path / "armed" / "clone")
    armed(tmp_path / "armed")
    for asked in ("status", "diff HEAD~1 -- MESSAGE", f"diff HEAD~1 -- {BAD}", "branch x", "merge side~1"):
        repo.git(*asked.split(), check=False)
    ran = {"core.fsmonitor", "diff.evil.command", "filter.a=b.c.clean", "filter.worktree.process"}
    assert ran | {"hook-reference-transaction"} <= set(marks(tmp_path / "armed"))
