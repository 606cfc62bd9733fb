"""Patterns of paths: the longest decides, on a tie the strictest; held against a plain reading of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmtext.protection.policy.patterns import Patterns, dotted, fields, files, steps

if TYPE_CHECKING:
    from crmtext.protection.policy import patterns

SALES = ("*", "-classification.value", "interactions+", "interactions[].next")


@pytest.mark.parametrize(
    ("texts", "path", "added", "expected"),
    [
        ((), "name", None, False),
        (("*",), "name", None, True),
        (("name",), "short_name", None, False),
        (("contacts",), "contacts[].phones[]", None, True),
        (("contacts[].phones",), "contacts[].phones[]", None, True),
        (("contacts[].phones",), "contacts[].name", None, False),
        (("contacts[].phones",), "contacts", None, False),
        (SALES, "classification.value", None, False),
        (SALES, "classification.segment", None, True),
        (SALES, "interactions[].date", "interactions[]", True),
        (SALES, "interactions[].date", "interactions", True),
        (SALES, "interactions[].date", None, False),
        (SALES, "interactions[].details", "interactions[].details", False),
        (SALES, "interactions[].next.due", None, True),
        (SALES, "interactions[].next.due", "interactions[]", True),
        (("contacts[].phones+",), "contacts[].phones[]", "contacts[].phones[]", True),
        (("contacts[].phones+",), "contacts[].phones[]", "contacts[]", True),
        (("contacts[]+",), "contacts[].name", "contacts[]", True),
        (("notes+",), "notes", "notes", True),
        (("notes+",), "notes", None, False),
        (("*", "notes", "-notes"), "notes", None, False),
        (("notes+", "notes"), "notes", None, False),
        (("-*", "notes"), "notes", None, True),
        (("-*", "notes"), "name", None, False),
        (("*", "-a", "a.b", "-a.b.c"), "a.b.d", None, True),
        (("*", "-a", "a.b", "-a.b.c"), "a.b.c.x", None, False),
    ],
)
def test_allow(texts: tuple[str, ...], path: str, added: str | None, *, expected: bool) -> None:
    assert fields(texts).allow(steps(path), None if added is None else steps(added)) is expected


@pytest.mark.parametrize(
    ("texts", "path", "expected"),
    [
        (("*",), "", True),
        (("*", "-notes"), "", False),
        (("*", "notes"), "", True),
        (("*", "interactions+"), "", False),
        (("team", "access"), "team", True),
        (("*", "-team.lilei"), "team", False),
        (("*", "-views"), "team", True),
        (("team.lilei",), "team", False),
    ],
)
def test_allow_all(texts: tuple[str, ...], path: str, *, expected: bool) -> None:
    assert fields(texts).allow_all(steps(path) if path else ()) is expected


@pytest.mark.parametrize(
    ("texts", "path", "expected"),
    [
        (("import/",), "import/a.toml", True),
        (("import/",), "import", True),
        (("import/",), "imports/a.toml", False),
        (("import/",), "../import/a.toml", False),
        (("README.md",), "README.md", True),
        (("README.md",), "docs/README.md", False),
        (("*", "-schema/"), "schema/customer.schema.json", False),
        (("*", "-schema/"), "../CODEOWNERS", True),
    ],
)
def test_files(texts: tuple[str, ...], path: str, *, expected: bool) -> None:
    assert files(texts).allow(tuple(path.split("/"))) is expected


#: Paths of a few steps, so that patterns meet.
PATHS = st.lists(st.sampled_from(("a", "b", "[]")), max_size=4).map(tuple)
TEXTS = PATHS.filter(lambda path: path[:1] != ("[]",)).map(lambda path: dotted(path) or "*")
PATTERNS = st.lists(
    st.one_of(TEXTS, TEXTS.map("-{}".format), TEXTS.filter(lambda text: text != "*").map("{}+".format)), max_size=5
).map(tuple)


def plainly(texts: tuple[str, ...], path: patterns.Path, added: patterns.Path | None) -> bool:
    """The rules as they are written: sort the patterns that cover a path by length and strictness, the last decides."""
    found = []
    for text in texts:
        kind = "-" if text.startswith("-") else "+" if text.endswith("+") else ""
        own = steps(text.strip("+-"))
        if kind == "+" and own[-1:] == ("[]",):
            own = own[:-1]
        if path[: len(own)] == own:
            found.append((len(own), ("", "+", "-").index(kind)))
    if not found:
        return False
    length, kind_ = max(found)
    return kind_ == 0 or (kind_ == 1 and added is not None and len(added) <= length + 1)


@given(PATTERNS, PATHS, st.integers(0, 5))
def test_allow_is_what_the_rules_say(texts: tuple[str, ...], path: patterns.Path, length: int) -> None:
    for added in (None, path[:length]):
        assert fields(texts).allow(path, added) == plainly(texts, path, added)


@given(PATTERNS, PATHS, PATHS)
def test_allow_all_allows_everything_below(texts: tuple[str, ...], path: patterns.Path, below: patterns.Path) -> None:
    given_ = fields(texts)
    if given_.allow_all(path):
        assert given_.allow(path + below)
        assert given_.allow((*path, *below), (*path, *below))


@given(PATTERNS, PATHS)
def test_a_denial_never_allows_more(texts: tuple[str, ...], path: patterns.Path) -> None:
    for denied in texts:
        stricter = (*texts, f"-{denied.strip('+-')}")
        assert not fields(stricter).allow(path, path) or fields(texts).allow(path, path)


@given(PATHS.filter(lambda path: bool(path) and path[0] != "[]"))
def test_a_path_is_written_and_read_the_same_way(path: patterns.Path) -> None:
    assert steps(dotted(path)) == path


def test_no_patterns_allow_nothing() -> None:
    assert (Patterns().allow(()), Patterns().allow_all()) == (False, False)
