"""Commits as git tells them, whatever their makers wrote into them."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING

import stores

from crmtext.git.history import Commit, between, touching
from crmtext.git.objects import Objects, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest
    from repos import Repo

from raw_objects import known, stored

PATH = "records/客户 C1.yaml"
AUTHOR = "李雷 <lilei@example.com> 1700000000 +0800".encode()
#: What separated fields, commits and files once, or could: it must end none of them.
FORGED = "\x1d{id}\x1f0\x1fnobody\x1f\x1f\x1f\x1e:100644 100644 {id} {id} M"


def made(repo: Repo, message: bytes, author: bytes = AUTHOR, more: bytes = b"", parent: str = "") -> str:
    """A commit with these very bytes, which changes the one file."""
    tree = b""
    for mode, name, kind in ((b"100644", PATH.partition("/")[2], "blob"), (b"40000", "records", "tree")):
        id_ = stored(repo, kind, tree or message + author)
        tree = b"%s %s\0" % (mode, name.encode()) + bytes.fromhex(id_)
    head = f"tree {stored(repo, 'tree', tree)}\n" + (f"parent {parent}\n" if parent else "")
    return stored(
        repo, "commit", head.encode() + b"author " + author + b"\ncommitter " + AUTHOR + b"\n" + more + b"\n" + message
    )


def chain(repo: Repo, commits: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """The ids of commits with these messages and authors, oldest first."""
    ids = [""]
    for message, author in commits:
        ids.append(made(repo, message, author, parent=ids[-1]))
    return ids[1:]


def touched(repo: Repo, start: str, path: str) -> tuple[Commit, ...]:
    """The commits that touched a file, as GitPython reads them, and as git itself does."""
    with opened(known(repo)) as objects:
        read = touching(objects, start, path)
    assert read == touching(Objects(known(repo)), start, path)
    return read


def both(repo: Repo, commit: str) -> tuple[Commit, Commit]:
    """A commit as one of a range, and as one that touched the file."""
    (ranged,) = between(known(repo), None, commit)
    (one,) = touched(repo, commit, PATH)
    return ranged, one


MESSAGES: dict[str, tuple[bytes, str]] = {
    **{f"a byte {byte:#04x}": (b"one %c two\n" % byte, f"one {chr(byte)} two\n") for byte in (*range(1, 32), 127)},
    "empty": (b"", ""),
    "nothing but line ends": (b"\n\n\n", "\n\n\n"),
    "forged": (FORGED.format(id="0" * 40).encode(), FORGED.format(id="0" * 40)),
    "as git tells of a file": (b":000000 100644 0 1 A\n" + PATH.encode(), f":000000 100644 0 1 A\n{PATH}"),
    "an id and lines as of a header": (b"\n" + b"a" * 40 + b"\n1\nx\n", "\n" + "a" * 40 + "\n1\nx\n"),
    "in no encoding": (b"\xff\xfe m", "\ufffd\ufffd m"),
    "huge": (b"x" * 3_000_000, "x" * 3_000_000),
    "git stops at a NUL": (b"one\0two", "one"),
}


def test_a_message_may_hold_anything(repo: Repo) -> None:
    ids = chain(repo, ((message, AUTHOR) for message, _read in MESSAGES.values()))
    ranged, commits = between(known(repo), None, ids[-1]), touched(repo, ids[-1], PATH)
    parents = [(), *((id_,) for id_ in ids)]
    assert ranged == tuple(
        Commit(id_, 1700000000, "李雷", "lilei@example.com", before, read)
        for id_, before, (_message, read) in zip(ids, parents, MESSAGES.values(), strict=False)
    )
    assert [commit.id for commit in commits] == ids[::-1]
    assert [commit._replace(touches=()) for commit in commits[::-1]] == [*ranged]
    assert {len(commit.touches) for commit in commits} == {1}
    assert between(known(repo), ids[4], ids[-1]) == ranged[5:]


AUTHORS: dict[str, tuple[bytes, tuple[str, str, date]]] = {
    **{
        f"a byte {byte:#04x}": (b"a%cb <a@b> 1 +0000" % byte, (f"a{chr(byte)}b", "a@b", date(1970, 1, 1)))
        for byte in (*range(1, 10), *range(11, 32), 127)
    },
    "brackets": (b"[a] (b) <c>d <a@b> 1 +0000", ("[a] (b)", "c", date(1970, 1, 1))),
    "nobody": (b" <> 1 +0000", ("", "", date(1970, 1, 1))),
    "no day": (b"a <a@b>", ("a", "a@b", date(1970, 1, 1))),
    "nothing to read": (b"a b c", ("", "", date(1970, 1, 1))),
    "a day that no calendar has": (b"a <a@b> 99999999999999999 +0000", ("a", "a@b", date.max)),
    "a day after all years": (b"a <a@b> 999999999999 +0000", ("a", "a@b", date.max)),
    "in no encoding": (b"\xff <a@b> 1 +0000", ("\ufffd", "a@b", date(1970, 1, 1))),
}


def test_an_author_may_be_called_anything(repo: Repo) -> None:
    ids = chain(repo, ((b"%d" % number, author) for number, (author, _read) in enumerate(AUTHORS.values())))
    for commits in (between(known(repo), None, ids[-1]), touched(repo, ids[-1], PATH)[::-1]):
        assert [(commit.author, commit.email, commit.day(UTC)) for commit in commits] == [
            read for _author, read in AUTHORS.values()
        ]
        assert [(commit.id, commit.message) for commit in commits] == [(id_, str(n)) for n, id_ in enumerate(ids)]


def test_a_message_is_read_in_its_own_encoding_and_told_in_utf_8(repo: Repo) -> None:
    repo.git("config", "i18n.logOutputEncoding", "GBK")
    commit = made(repo, "报价".encode("gbk"), more=b"encoding GBK\n")
    assert [entry.message for entry in both(repo, commit)] == ["报价", "报价"]


def test_settings_of_the_repository_change_nothing_and_run_nothing(repo: Repo) -> None:
    trap, trace = repo.path / "gpg", repo.path / "ran"
    trap.write_text(f"#!/bin/sh\necho x >> '{trace}'\n", "utf-8")
    trap.chmod(0o755)
    for name, value in {"log.showSignature": "true", "gpg.program": str(trap), "log.showRoot": "false"}.items():
        repo.git("config", name, value)
    signature = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n"
    commit = made(repo, b"m", more=signature)
    ranged, one = both(repo, commit)
    assert (ranged.message, one.message, len(one.touches), trace.exists()) == ("m", "m", 1, False)


def blobs(commits: Iterable[Commit]) -> list[tuple[int, int]]:
    return [(len(commit.parents), len(touch.old)) for commit in commits for touch in commit.touches]


def test_a_merge_tells_the_file_as_it_was_in_each_parent(repo: Repo) -> None:
    repo.commit({PATH: "a: 1\n"})
    repo.git("switch", "-qc", "side")
    repo.commit({PATH: "a: 2\n"})
    repo.git("switch", "-q", "main")
    repo.commit({PATH: "a: 3\n"})
    repo.git("merge", "-q", "--no-commit", "side", check=False)
    repo.commit({PATH: "a: 4\n"})
    assert blobs(touched(repo, "HEAD", PATH)) == [(2, 2), (1, 1), (1, 1), (0, 1)]


def test_the_program_tells_hostile_commits(capsys: pytest.CaptureFixture[str], repo: Repo) -> None:
    first = repo.commit({"crmtext.toml": stores.TEAM, stores.path(): stores.record()})
    wrong = {stores.path(): stores.record(owner="nobody")}
    repo.commit(wrong, FORGED.format(id=first))
    program = stores.Program(capsys, repo.path)
    story = program("history", "001", "--format", "json")
    assert (story.code, [event["commit"] for event in story.data["events"]][1:]) == (0, [first])
    assert program("check", "--range", f"{first}..HEAD").code == 1
    assert program("changes", "--since", "2026-11-01").code == 0


def test_what_both_lines_have_is_in_no_range_though_a_clock_was_behind(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        repo.commit({"both": f"{number}"})
    repo.git("switch", "-qc", "new")
    new = repo.commit({"new": "x"})
    repo.git("switch", "-q", "main")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-10-01T12:00:00+08:00")
    for number in range(8):
        old = repo.commit({"old": f"{number}"})
    assert [commit.id for commit in between(known(repo), old, new)] == [new]
