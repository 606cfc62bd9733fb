"""The first commit with each id, in histories with branches, merges, moved files and ends."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repos import Repo

from crmtext.git.first_commits import first_commits
from crmtext.git.plumbing import repository

if TYPE_CHECKING:
    from pathlib import Path

START, DAY = 1_700_000_000, 86_400
#: Paths, each with the id of the record there: own names, another folder, a name without the id, no record.
IDS = {
    "records/C20240501AAAA.yaml": "C20240501AAAA",
    "records/east/C20240501AAAA-acme.yaml": "C20240501AAAA",
    "crm/records/C20240501AAAA.yaml": "C20240501AAAA",
    "records/C20240501BBBB.yaml": "C20240501BBBB",
    "records/draft.yaml": "C20240501BBBB",
    "records/C20240501CCCC.yml": "C20240501CCCC",
    "ci.yaml": "",
}


class Made(NamedTuple):
    """A commit to make: the numbers of its parents, and the files it changes; False deletes one."""

    parents: tuple[int, ...]
    files: dict[str, bool]


def written(repo: Repo, history: list[Made]) -> tuple[list[str], list[dict[str, bytes]]]:
    """The ids and the files of these commits, a day apart."""
    stream, trees = b"", list[dict[str, bytes]]()
    for number, made in enumerate(history):
        tree = {path: raw for parent in made.parents for path, raw in trees[parent].items()}
        for path, there in made.files.items():
            if there:
                tree[path] = f"id: {IDS[path]}\nnotes: {number}\n".encode() if IDS[path] else b"on: push\n"
            else:
                tree.pop(path, None)
        who = b"a <a@example.com> %d +0000\n" % (START + number * DAY)
        stream += b"commit refs/heads/c%d\nmark :%d\nauthor %scommitter %sdata 1\nx\n" % (number, number + 1, who, who)
        words = [b"from :%d\n", *[b"merge :%d\n"] * 9]
        stream += b"".join(word % (parent + 1) for word, parent in zip(words, made.parents, strict=False))
        stream += b"deleteall\n"
        for path, raw in tree.items():
            stream += b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(raw), raw)
        trees.append(tree)
    subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=repo.path, input=stream, check=True)
    return repo.git("rev-parse", *(f"c{number}" for number in range(len(history)))).split("\n"), trees


def expected(history: list[Made], trees: list[dict[str, bytes]], last: int) -> dict[str, int]:
    """The first day of each id, from every file of every commit."""
    reachable, left = set[int](), [last]
    while left:
        number = left.pop()
        reachable.add(number)
        left += history[number].parents
    times: dict[str, int] = {}
    for number in sorted(reachable):
        for path in trees[number]:
            if IDS[path]:
                times.setdefault(IDS[path], START + number * DAY)
            if path == "records/draft.yaml":
                times.setdefault("?draft", START + number * DAY)
    return times


@st.composite
def histories(draw: st.DrawFn) -> list[Made]:
    history = [Made((), draw(st.dictionaries(st.sampled_from([*IDS]), st.just(True), max_size=3)))]
    for number in range(1, draw(st.integers(2, 7))):
        some = st.lists(st.integers(0, number - 1), min_size=1, max_size=2, unique=True)
        files = st.dictionaries(st.sampled_from([*IDS]), st.booleans(), max_size=3)
        history.append(Made(tuple(draw(some)), draw(files)))
    return history


@settings(max_examples=15)
@given(histories(), st.data())
def test_they_are_those_of_reading_every_commit(
    tmp_path_factory: pytest.TempPathFactory, history: list[Made], data: st.DataObject
) -> None:
    repo = Repo(tmp_path_factory.mktemp("repo"))
    repo.git("init", "-q")
    ids, trees = written(repo, history)
    known, last = data.draw(st.integers(0, len(history) - 1)), len(history) - 1
    git = repository(repo.path)
    assert git is not None
    earlier = first_commits(git, ids[known])
    assert earlier == expected(history, trees, known)
    assert first_commits(git, ids[last]) == expected(history, trees, last)
    # What is known of one commit is extended to the other.
    assert first_commits(git, ids[last], ids[known], earlier) == expected(history, trees, last)


def test_a_shallow_clone_does_not_know_the_first_commit_of_its_oldest_records(repo: Repo, tmp_path: Path) -> None:
    history = [
        Made((), {"records/C20240501AAAA.yaml": True}),
        Made((0,), {"records/C20240501AAAA.yaml": True}),
        Made((1,), {"records/C20240501BBBB.yaml": True}),
        Made((2,), {"records/C20240501AAAA.yaml": False}),
        Made((3,), {"records/east/C20240501AAAA-acme.yaml": True}),
    ]
    written(repo, history)
    repo.git("clone", "-q", "--depth=4", "--branch=c4", f"file://{repo.path}", str(tmp_path / "shallow"))
    clone = repository(tmp_path / "shallow")
    assert clone is not None
    head = Repo(tmp_path / "shallow").git("rev-parse", "HEAD")
    assert first_commits(clone, head) == {"C20240501AAAA": None, "C20240501BBBB": START + 2 * DAY}


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("name: a\nid: C20240501DDDD  # x\n", "C20240501DDDD"),
        ("{'id': 'C20240501DDDD', name: a}\n", "C20240501DDDD"),
        ("contacts:\n  - id: other\nid: 'C20240501DDDD'\r\n", "C20240501DDDD"),
        ('{\n  "id": "C20240501DDDD"\n}\n', "C20240501EEEE"),
        ("<<<<<<< a\nname: a\n", "C20240501EEEE"),
    ],
)
def test_the_id_is_that_of_the_text_or_else_of_the_file_name(repo: Repo, text: str, id_: str) -> None:
    commit = repo.commit({"records/C20240501EEEE-acme.yaml": text, "other/C20240501FFFF.yaml": "a: 1\n"})
    git = repository(repo.path)
    assert git is not None
    # Where both differ, the name's may have come into the file by a change.
    assert {*first_commits(git, commit)} == ({id_} if id_.endswith("EEEE") else {id_, "?C20240501EEEE"})
