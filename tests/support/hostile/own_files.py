"""Files of our own that were received with a store: what lies in git's folder, in `reports/` and in `templates/`.

Beside each store lies a folder of the user's, `elsewhere`, in which nothing may come, go or change.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import struct
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from hostile.case import BAD, GOOD, HEAD, MIB, SETTINGS, TEAM, Case, put
from hostile.repositories import committed, git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hostile.case import Lay

OWN = ".git/crmtext"
DOING, UNDOING, DONE, INDEX = f"{OWN}/doing.json", f"{OWN}/undoing.json", f"{OWN}/done", f"{OWN}/worktree.sqlite"
LOCK = ".git/.crmtext.lock"
_EDITOR = (("GIT_EDITOR", "true"),)
MINE = b"mine\n"
_LOG = ("log", "C20240501BBBB", "phone", "聊聊", "--by", "lilei")
_COMMIT = (*_LOG, "--commit")
_REPORT = ("report",)
_LIST = ("list",)
_UNDO = ("undo",)
_EDIT = ("edit", "C20240501BBBB")
_HANDOVER = ("handover", "--from", "lilei", "--to", "hanmei", "--no-commit")


def victims(folder: Path) -> None:
    """What is the user's own: files of the names that are asked for, in a folder beside the store."""
    for name in ("victim", "index.html", "html/index.html", "pre-commit", "C20240501AAAA.yaml", "check.answer"):
        put(folder / "../elsewhere" / name, MINE)
    with sqlite3.connect(folder / "../elsewhere/bookmarks") as connection:
        connection.execute("CREATE TABLE bookmarks(title)")
        connection.execute("INSERT INTO bookmarks VALUES ('precious')")


def harm(folder: Path) -> list[str]:
    """What has come, gone or changed in the user's folder."""
    elsewhere = folder / "../elsewhere"
    there = {path.relative_to(elsewhere).as_posix(): path for path in elsewhere.rglob("*") if not path.is_dir()}
    made = [name for name in there if name not in NAMES]
    changed = [
        name for name in NAMES if name != "bookmarks" and (name not in there or there[name].read_bytes() != MINE)
    ]
    with sqlite3.connect(elsewhere / "bookmarks") as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    return [*made, *changed, *(["bookmarks"] if tables != ["bookmarks"] else [])]


NAMES = ("victim", "index.html", "html/index.html", "pre-commit", "C20240501AAAA.yaml", "check.answer", "bookmarks")


def _without_hooks(folder: Path) -> None:
    shutil.rmtree(folder / ".git/hooks", ignore_errors=True)


def laid(*steps: Callable[[Path], object]) -> Lay:
    """A committed store with something more."""

    def lay(folder: Path) -> None:
        committed(folder)
        # What git says of the work tree is not what is tried here.
        put(folder / BAD, HEAD.encode())
        put(folder / SETTINGS, f'{TEAM}\n[team.hanmei]\nname = "韩梅"\nemail = "hanmei@example.com"\n'.encode())
        for step in (victims, *steps):
            step(folder)

    return lay


def link(path: str, target: str) -> Callable[[Path], None]:
    """A link to what is the user's."""

    def step(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to((folder / "../elsewhere" / target).resolve())

    return step


def pipe(path: str) -> Callable[[Path], None]:
    """A pipe to which nobody writes."""

    def step(folder: Path) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(folder / path)

    return step


def file(path: str, content: bytes | str) -> Callable[[Path], None]:
    """A file."""
    return lambda folder: put(folder / path, content if isinstance(content, bytes) else content.encode())


def sparse(path: str, size: int) -> Callable[[Path], None]:
    """A file as large as a disk, of nothing."""

    def step(folder: Path) -> None:
        put(folder / path, b"")
        os.truncate(folder / path, size)

    return step


def deed(*parts: list[str | None], **more: Any) -> str:
    """A transaction as the journal has it."""
    return json.dumps({"says": "x", "parts": parts, "commit": None, "undoes": "", "settles": [], **more})


def _told(name: str, arguments: tuple[str, ...], rule: str, *steps: Callable[[Path], object], code: int = 3) -> Case:
    return Case(f"own: {name}", laid(*steps), code=code, arguments=arguments, says=(f"[{rule}]",), environment=_EDITOR)


def _aside(name: str, path: str, content: bytes | str) -> Case:
    """Notes that are no notes of ours: nothing of them is done, they are kept and told of, and the command goes on."""
    says = ("killed-command", "aside/000001-unreadable.json")
    return Case(f"own: {name}", laid(file(path, content)), code=0, arguments=_LOG, says=says)


def _works(name: str, arguments: tuple[str, ...], *steps: Callable[[Path], object], **more: Any) -> Case:
    return Case(
        f"own: {name}", laid(*steps), code=more.pop("code", 0), arguments=arguments, environment=_EDITOR, **more
    )


_COPY = f"{OWN}/edit/C20240501BBBB-{sha256(GOOD.encode()).hexdigest()[:8]}/C20240501BBBB.yaml"
_UP = "../elsewhere/victim"
_GONE = [_UP, "mine\n", None]
_COMMITTED = {"message": "m", "author": ["a", "a@example.com"], "parts": None, "staged": []}
_RECORD = [BAD, HEAD, HEAD.replace("prospect", "lead")]


def _commit(**more: Any) -> str:
    return deed(_RECORD, commit=_COMMITTED | more)


JOURNALS = (
    *(
        _aside(f"{name} that {what}", path, deed(part))
        for name, path in (("a journal", DOING), ("an undo journal", UNDOING))
        for what, part in (
            ("deletes above the store", _GONE),
            ("writes above the store", [_UP, None, "theirs\n"]),
            ("deletes by a way up from the records", [f"records/../../elsewhere/{BAD[8:]}", "mine\n", None]),
            ("deletes by a full path", ["/tmp/victim.yaml", "mine\n", None]),
            ("writes a hook", [".git/hooks/pre-commit", None, "#!/bin/sh\n"]),
            ("writes a hidden file", ["records/.git/x.yaml", None, "x\n"]),
            ("writes a program", ["Makefile", None, "all:\n"]),
            ("has a name with a nul", ["records/a\0.yaml", None, "x\n"]),
        )
    ),
    _aside("a journal of brackets", DOING, "[" * 200_000),
    _aside("a journal of numbers", DOING, '{"says": 1, "parts": 2, "commit": 3, "undoes": 4}'),
    _aside("a journal of other kinds", DOING, deed([BAD, 1, {}])),
    _aside("a journal of a list", DOING, "[1, 2]"),
    _aside("a journal of 5,000 digits", DOING, '{"says": ' + "9" * 5000 + "}"),
    _aside("a journal of millions of brackets", DOING, '{"says": "", "parts": [' + "[]," * 4_000_000 + "[]]}"),
    _aside("a journal that is no text", DOING, b"\xff\xfe{}"),
    _aside("a journal whose author has a nul", DOING, _commit(author=["a\0b", "c"])),
    _aside("a journal whose author is a number", DOING, _commit(author=[1, 2])),
    _aside("a journal whose message is a list", DOING, _commit(message=["x"])),
    _aside("a journal whose message is half a sign", DOING, _commit(message="\ud800")),
    _aside("a journal that commits above the store", DOING, _commit(parts=[_GONE])),
    _aside("a journal that stages above the store", DOING, _commit(staged=[_GONE])),
    _aside("a journal that settles above the store", DOING, deed(settles=[_UP])),
    _aside("a journal that undoes above its folder", DOING, deed(undoes="../../../elsewhere/victim")),
    Case("own: a journal of 8 gib", laid(sparse(DOING, 8 << 30)), code=0, arguments=_LOG, says=("unreadable.json",)),
    _told("a journal that is a link", _LOG, "not-a-file", link(DOING, "victim")),
    _told("a journal that is a pipe", _LOG, "not-a-file", pipe(DOING)),
    _works(
        "a journal into a folder that is a link",
        _LOG,
        link("records/more", ""),
        file(DOING, deed(["records/more/C20240501AAAA.yaml", "mine\n", None])),
    ),
    _works("what is done and cannot be undone", _UNDO, file(f"{DONE}/000001-disk.json", deed(_GONE)), code=3),
    _works("what is done by a link", _UNDO, link(f"{DONE}/000001-disk.json", "victim"), code=3),
    _works("what is done by a pipe", _UNDO, pipe(f"{DONE}/000001-disk.json"), code=3),
    _works("what is done under names of ages", _LOG, file(f"{DONE}/{'9' * 200}-disk.json", "{}")),
    _works("what is done under a name of other digits", _LOG, file(f"{DONE}/１２３４５６-disk.json", "{}")),
    _told("what is done lies elsewhere", _UNDO, "outside-store", link(DONE, "")),
)
FOLDERS = (
    *(
        _told(f"our folder is a link, by {' '.join(words)}", words, "outside-store", link(OWN, ""))
        for words in (_LOG, _COMMIT, _UNDO, _EDIT)
    ),
    *(
        _works(f"our folder is a link and does no harm, by {' '.join(words)}", words, link(OWN, ""), code=code)
        for words, code in ((_LIST, 0), (("check",), 0), (("show", "C20240501BBBB"), 0), (("check", "--staged"), 0))
    ),
    _told("the lock is a link", _LOG, "not-a-file", link(LOCK, "victim")),
    _told("the lock is a pipe", _LOG, "not-a-file", pipe(LOCK)),
    _works("the lock is as large as a disk", _LOG, sparse(LOCK, 8 << 30)),
    _works("a half-written file that is a folder", _LOG, file(f"{OWN}/.crmtext-1.tmp/x", "x")),
    _works("a half-written file that is a link", _LOG, link(f"{OWN}/.crmtext-1.tmp", "victim")),
    _told("the texts that are edited lie elsewhere", _EDIT, "outside-store", link(f"{OWN}/edit", "")),
    _told(
        "the text that is edited is a pipe",
        _EDIT,
        "not-a-file",
        pipe(_COPY),
    ),
    _told(
        "the text that is edited is a link",
        _EDIT,
        "not-a-file",
        link(_COPY, "victim"),
    ),
)


def _note(line: str) -> Callable[[Path], None]:
    def step(folder: Path) -> None:
        here = git(folder, "rev-parse", "HEAD")
        put(folder / ".git/index.lock", f"taken by crmtext\n{line.format(here=here)}\n".encode())

    return step


NOTES = tuple(
    _told(f"a note of a commit {name}", (*_LOG, "--commit"), "git-locked", _note(line))
    for name, line in (
        ("that is none", "garbage"),
        ("of many words", "{here} {here} a b c d"),
        ("of no commit", "HEAD HEAD"),
        ("of a step that is none", "step a b c"),
        ("of options", "step --output=x --output=x - -"),
    )
)
_SHELL = (
    "CREATE TABLE note(name TEXT PRIMARY KEY, value BLOB)",
    "CREATE VIEW record AS SELECT 1",
)
_COUNT = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
_ENDLESS = (f"CREATE VIEW note AS {_COUNT} SELECT x || '' AS name, x AS value FROM n",)


def database(*statements: str) -> Callable[[Path], None]:
    """An index that was made by somebody else."""

    def step(folder: Path) -> None:
        (folder / INDEX).parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(folder / INDEX) as connection:
            for statement in statements:
                connection.execute(statement)

    return step


def further_journal(folder: Path) -> None:
    """A journal of SQLite's that names a further one, which is deleted when it is taken up."""
    database(*_SHELL[:1])(folder)
    name = os.fsencode((folder / "../elsewhere/victim").resolve())
    magic, page = bytes.fromhex("d9d505f920a163d7"), 4096
    head = magic + struct.pack(">5I", 0, 0, 2, 512, page)
    checksum = sum(name) & 0xFFFFFFFF
    tail = struct.pack(">I", 0x40000000 // page + 1) + name + struct.pack(">2I", len(name), checksum) + magic
    put(folder / f"{INDEX}-journal", head.ljust(512, b"\0") + tail)


INDEXES = tuple(
    _works(f"the index of records is {what}, by {words[0]}", words, *steps)
    for what, steps in {
        "a link": (link(INDEX, "bookmarks"),),
        "a link to nothing": (link(INDEX, "nothing"),),
        "a pipe": (pipe(INDEX),),
        "no database": (file(INDEX, "x" * 5000),),
        "as large as a disk": (sparse(INDEX, 8 << 30),),
        "one of another shape": (database(*_SHELL),),
        "one that never ends": (database(*_ENDLESS),),
        "beside a journal that is a link": (database(*_SHELL[:1]), link(f"{INDEX}-journal", "victim")),
        "beside a log that is a pipe": (database(*_SHELL[:1]), pipe(f"{INDEX}-wal")),
        "beside a journal that names a further one": (further_journal,),
    }.items()
    for words in (_LIST, ("check",))
)
ANSWERS = (
    _works("the last answer is a link", ("check",), link(f"{OWN}/check.answer", "check.answer")),
    _works("the last answer is a pipe", ("check",), pipe(f"{OWN}/check.answer")),
)
HOOKS = (
    _told(
        "the folder of hooks is a link", ("hooks", "install"), "outside-store", _without_hooks, link(".git/hooks", "")
    ),
    _works("a hook is a pipe", ("hooks", "status"), pipe(".git/hooks/pre-commit"), code=1),
)
REPORTS = (
    _told("reports are a link", _REPORT, "outside-store", link("reports", "")),
    _told("reports are a link, looked at", ("report", "--check"), "outside-store", link("reports", "")),
    _told("a page is a link", _REPORT, "not-a-file", link("reports/index.html", "index.html")),
    _told("a page is a pipe", _REPORT, "not-a-file", pipe("reports/index.html")),
    _told("a page is a pipe, looked at", ("report", "--check"), "not-a-file", pipe("reports/index.html")),
    _told("the folder of pages is a link", _REPORT, "outside-store", link("reports/customers", "html")),
    _told("a folder that is named is a link", ("report", "-o", "out"), "outside-store", link("out", "html")),
    _told(
        "a folder below one that is named is a link", ("report", "-o", "out/x"), "outside-store", link("out", "html")
    ),
    _works("a page is as large as a disk", _REPORT, sparse("reports/index.html", 8 << 30), memory=400 * MIB),
    _told("the booklet is a link", (*_HANDOVER, "-o", "booklet.md"), "not-a-file", link("booklet.md", "victim")),
    _told("the booklet is in a link", (*_HANDOVER, "-o", "out/booklet.md"), "outside-store", link("out", "")),
    _told("the booklet is a pipe", (*_HANDOVER, "-o", "booklet.md"), "not-a-file", pipe("booklet.md")),
)
CASES = (*JOURNALS, *FOLDERS, *NOTES, *INDEXES, *ANSWERS, *HOOKS, *REPORTS)
