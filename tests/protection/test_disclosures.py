"""Disclosures: their files, what is wrong with one, and how a check reports it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import stores
from hypothesis import given
from hypothesis import strategies as st

from crmtext.layout import DISCLOSURES
from crmtext.protection.disclosures import KINDS, Disclosure, parsed, register, text
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

PATH = f"{DISCLOSURES}/2026-11-29-lilei-3f2a.yaml"
COMMIT = "1f3c9a2b" * 5
DISCLOSURE = Disclosure(
    date(2026, 11, 29), "lilei", "outside-export", "东方信托: 审计部", "年度审计", "consent", ("C20240501001",),
    fields=("id", "contacts[].phones"), commit=COMMIT, path=PATH,
)  # fmt: skip
TEXT = f"""\
date: 2026-11-29
by: lilei
what: outside-export
to: "东方信托: 审计部"
purpose: 年度审计
basis: consent
customers:
  - C20240501001
fields:
  - id
  - contacts[].phones
commit: {COMMIT}
"""
LINE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "M", "Lo", "Lm")), min_size=1, max_size=20).filter(
    lambda line: line.strip()
)
IDS = st.lists(st.from_regex(r"C[0-9]{8}[0-9A-Z]{3,6}", fullmatch=True), max_size=5).map(tuple)


def test_a_disclosure_is_plain_text() -> None:
    assert text(DISCLOSURE) == TEXT
    assert parsed(TEXT.encode(), PATH) == (DISCLOSURE, ())


@given(LINE, st.sampled_from(sorted(KINDS)), IDS, st.booleans(), st.none() | st.dates(date(1990, 1, 1)))
def test_what_is_written_is_read_again(
    line: str, what: str, ids: tuple[str, ...], by_ids: bool, day: date | None
) -> None:
    who = {"customers": ids} if by_ids else {"where": "owner == 'lilei'", "left_out": ids}
    one = DISCLOSURE._replace(**{"customers": None, **who}, to=line, what=what, as_of=day)
    again, problems = parsed(text(one).encode(), PATH)
    if not any(problem.rule in ("resident-id", "bank-card") for problem in problems):
        assert (again, problems) == (one, ())


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("date: 2026-11-29\n", "", "1:1", "'date' is missing"),
        ("2026-11-29", "2026-02-30", "1:7", "'date' must be a day, such as 2026-11-29"),
        ("by: lilei", "by: [a]", "2:5", "'by' must be a text of one line"),
        ("outside-export", "export", "3:7", f"'what' must be one of: {', '.join(KINDS)}"),
        ("purpose", "porpose", "5:1", "unknown field 'porpose'"),
        ("  - C20240501001\n", "  - 张 三\n", "8:3", "'customers' must be a list of customer ids"),
        ("customers:\n  - C20240501001\n", "", "1:1",
         "a disclosure names its customers either by 'customers' or by 'where'"),
        ("fields:", "where: id\nfields:", "9:8",
         "a disclosure names its customers either by 'customers' or by 'where'"),
        (COMMIT, "HEAD", "12:9", "'commit' must be the whole id of a commit"),
        ("  - contacts[].phones", "  - {a: b}", "10:3", "'fields' must be a list of texts"),
        ("by: lilei", "by: hanmei", "", "the name of this file must be 2026-11-29-hanmei-XXXX.yaml"),
        ("commit", "as_of: 2026-11\ncommit", "12:8", "'as_of' must be a day, such as 2026-11-29"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place(old: str, new: str, place: str, message: str) -> None:
    one, problems = parsed(TEXT.replace(old, new).encode(), PATH)
    shown = [(f"{problem.place.line}:{problem.place.column}".strip("0:"), problem.message) for problem in problems]
    assert one is None
    assert (place, message) in [(at.strip(":"), said) for at, said in shown]
    assert {problem.rule for problem in problems} == {"disclosure"}


@pytest.mark.parametrize("raw", [b"", b"- a\n", b"\xff\xfe", b"a: [\n", b"a: &x b\n", b"date: 1\n<<<<<<< HEAD\n"])
def test_a_file_that_is_no_map_is_a_problem(raw: bytes) -> None:
    one, problems = parsed(raw, PATH)
    assert one is None
    assert {problem.place.path for problem in problems} == {PATH}


def test_the_register_is_sorted_and_skips_nothing_in_silence(tmp_path: Path) -> None:
    root = stores.made(tmp_path, stores.record())
    folder = root / DISCLOSURES
    folder.mkdir(parents=True)
    for name, day in (("3f2a", "2026-11-29"), ("0001", "2026-11-29"), ("ffff", "2025-01-01")):
        (folder / f"{day}-lilei-{name}.yaml").write_text(TEXT.replace("2026-11-29", day), "utf-8")
    (folder / "README.md").write_text("hello\n", "utf-8")
    (folder / "2026-11-29-lilei-aaaa.yaml").symlink_to("2026-11-29-lilei-3f2a.yaml")
    (folder / ".gitkeep").write_text("", "utf-8")
    whole = register(Store(root))
    names = ["2026-11-29-lilei-3f2a.yaml", "2026-11-29-lilei-0001.yaml", "2025-01-01-lilei-ffff.yaml"]
    assert [one.path for one in whole.disclosures] == [f"{DISCLOSURES}/{name}" for name in names]
    assert {(problem.place.path.rpartition("/")[2], problem.rule) for problem in whole.problems} == {
        ("README.md", "not-a-map"), ("2026-11-29-lilei-aaaa.yaml", "symlink"),
    }  # fmt: skip


def test_check_reports_a_malformed_one_on_each_side(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"crmtext.toml": stores.TEAM, stores.path(): stores.record(), PATH: TEXT})
    program = stores.Program(capsys, repo.path)
    assert program("check").code == 0
    repo.write(PATH, TEXT.replace("to:", "tos:"))
    wrong = [(PATH, 1, "disclosure"), (PATH, 4, "disclosure")]

    def found(*more: str) -> list[tuple[str, int, str]]:
        said = program("check", "--format", "json", *more)
        problems = [one for one in said.data["problems"] if one["rule"] == "disclosure"]
        return [(one["path"], one["line"], one["rule"]) for one in problems]

    assert found() == wrong
    assert (found("--staged"), found("--at", "HEAD"), found("--ignore", "disclosure"), found("records")) == (
        [],
        [],
        [],
        [],
    )
    repo.commit({PATH: TEXT.replace("to:", "tos:")})
    assert found("--staged") == found("--at", "HEAD") == found("--select", "disclosure") == wrong
