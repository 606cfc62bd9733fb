from __future__ import annotations

import unicodedata
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spoil import RECORD, agrees, spoiled

from crmtext.problem import CrmError, Place, Problem, Severity
from crmtext.text.document import Document
from crmtext.text.edit.canonical import fresh
from crmtext.text.explain import characters
from crmtext.text.read import strict_loader
from crmtext.text.read.load import parse, parse_text, written
from crmtext.text.size import MAX_BYTES

MEANINGS: dict[str, Any] = {
    "text": "text",
    "no": "no",
    "on": "on",
    "YES": "YES",
    "y": "y",
    "true": True,
    "False": False,
    "null": None,
    "~": None,
    "": None,
    "12": 12,
    "-3": -3,
    "010": 10,
    "0o17": 15,
    "0x1F": 31,
    "1_000": "1_000",
    "1.50": 1.5,
    ".5": 0.5,
    "1e3": 1000.0,
    "12:30": "12:30",
    "2024-05-01": "2024-05-01",
    "2024-05-01T09:30:00+08:00": "2024-05-01T09:30:00+08:00",
    "+8613800138000": 8613800138000,
    "021-62581234": "021-62581234",
    "nan": "nan",
    "=": "=",
    "'12'": "12",
    '"true"': "true",
    "|\n  12\n": "12\n",
    ">-\n  12\n": "12",
    "[no, 010, '010']": ["no", 10, "010"],
    "{a: 1, b: }": {"a": 1, "b": None},
}

RESIDENT_IDS = ("11010519491231002X", "110105 19491231 002X", "110105-19491231002X", "11010519491231 002X")

REFUSED: dict[str, tuple[str, tuple[str, int, int]]] = {
    "an anchor": ("a: &x 1\n", ("alias", 1, 4)),
    "an alias": ("a: 1\nb: *x\n", ("alias", 2, 4)),
    "an anchored map": ("a: &x {b: 1}\n", ("alias", 1, 4)),
    "a tag": ("a: !!str 1\n", ("yaml-tag", 1, 4)),
    "a tag on a list": ("a: !x [1]\n", ("yaml-tag", 1, 4)),
    "a second document": ("a: 1\n---\nb: 2\n", ("several-documents", 2, 1)),
    "a directive": ("%YAML 1.2\n---\na: 1\n", ("yaml-directive", 1, 1)),
    "a list as a key": ("a:\n  [b]: 1\n", ("key-not-text", 2, 3)),
    "a map as a key": ("? {a: 1}\n: 2\n", ("key-not-text", 1, 3)),
    "depth": ("a: " + "[" * 17 + "]" * 17 + "\n", ("nested-too-deep", 1, 19)),
    "a flood of brackets": ("a: " + "[" * 90_000, ("nested-too-deep", 1, 19)),
    "a flood of braces": ("a: " + "{b: " * 50_000, ("nested-too-deep", 1, 64)),
    "brackets over lines": ("a:\n  - " + "[\n    " * 2000 + "\n", ("nested-too-deep", 16, 5)),
    "brackets behind a mark": ("\ufeffa: " + "[" * 2000, ("nested-too-deep", 1, 19)),
    "dashes": ("a:\n  " + "- " * 2000 + "x\n", ("nested-too-deep", 2, 33)),
    "steps": ("".join("  " * n + "a:\n" for n in range(2000)), ("nested-too-deep", 17, 33)),
    "depth before another mistake": ("a: " + "[" * 17 + '"x', ("nested-too-deep", 1, 19)),
    "another mistake before depth": ("a: [x }\nb: " + "[" * 2000, ("unclosed-bracket", 1, 4)),
    "a flood of brackets in place of a name": ("a: 1\nb: 2\n" + "[" * 2000, ("no-field", 3, 1)),
    "a long name": ("a: 1\n" + "x" * 201 + ": 1\n", ("key-too-long", 2, 1)),
    "a name too long for YAML": ("a: 1\n" + "x" * 2000 + ": 1\n", ("key-too-long", 2, 1)),
    "a name too long in the first line": ("x" * 2000 + ": 1\n", ("key-too-long", 1, 1)),
    "a name too long in brackets": ("a: {b: 1, " + "x" * 2000 + ": 1}\n", ("key-too-long", 1, 11)),
    "a name too long in quotes": ('a:\n  - "' + "x, " * 900 + '": 1\n', ("key-too-long", 2, 5)),
    "a name too long behind a question mark": ("? " + "x" * 2000 + "\n: 1\n", ("key-too-long", 1, 3)),
    "a merge key": ("a:\n  <<: 1\n", ("merge-key", 2, 3)),
    "a key twice": ("a: 1\nb:\n  c: 1\n  c: 2\n", ("duplicate-key", 4, 3)),
    "a number as a key": ("1: a\n", ("key-not-text", 1, 1)),
    "true as a key": ("true: a\n", ("key-not-text", 1, 1)),
    "infinity": ("a: -.inf\n", ("not-a-number", 1, 4)),
    "many digits": ("a: 1234567890123456789\n", ("number-too-long", 1, 4)),
    "thousands of digits": ("a: " + "1" * 5000 + "\n", ("number-too-long", 1, 4)),
    "a list": ("- a\n", ("not-a-map", 1, 1)),
    "a word": ("a\n", ("not-a-map", 1, 1)),
    "nothing": ("", ("empty-file", 1, 1)),
    "a lone carriage return": ("a: 1\rb: 2\n", ("invisible-character", 1, 5)),
    "a next-line sign": ("a: 1\x85\n", ("invisible-character", 1, 5)),
    "an escaped control": ('a: "\\e"\n', ("invisible-character", 1, 4)),
    "an escaped key": ('"\\0a": 1\n', ("invisible-character", 1, 1)),
    "a tag character": ("a: x\U000e0041\n", ("invisible-character", 1, 5)),
    "behind a byte order mark": ("\ufeffa: &x 1\n", ("alias", 1, 4)),
    "in CRLF": ("a: 1\r\nb: &x 1\r\n", ("alias", 2, 4)),
}


def errors(document: Document) -> list[tuple[str, int, int]]:
    """Rule, line and column of each error."""
    return [(p.rule, p.place.line, p.place.column) for p in document.problems if p.severity is Severity.ERROR]


@pytest.fixture(params=["libyaml", "python"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both of PyYAML's parsers: where libyaml is missing all must be the same."""
    if request.param == "python":
        monkeypatch.setattr(strict_loader, "_Parser", yaml.SafeLoader)
        monkeypatch.delattr(yaml, "CSafeLoader")
    return str(request.param)


@pytest.mark.parametrize(("written", "meant"), MEANINGS.items(), ids=[repr(key) for key in MEANINGS])
def test_a_plain_value_means_what_yaml_1_2_says(written: str, meant: Any, reader: str) -> None:
    document = parse_text(f"a: {written}\n")
    assert document == Document("", document.text, {"a": meant})
    assert type(document.data["a"]) is type(meant)


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=list(REFUSED))
def test_unsupported_yaml_is_rejected_at_its_place(text: str, expected: tuple[str, int, int], reader: str) -> None:
    assert errors(parse_text(text)) == [expected]


def test_a_record_is_read_as_it_stands(reader: str) -> None:
    document = parse(RECORD.encode(), "records/a.yaml")
    assert document.problems == ()
    assert (document.path, document.text) == ("records/a.yaml", RECORD)
    assert document.data["interactions"][0]["details"] == "确认需求: 三家方案\n# 不是注释\n\n下次面谈\n"
    assert agrees(document.data, yaml.load(RECORD, yaml.BaseLoader))


def test_line_ends_of_windows_and_a_byte_order_mark_change_no_value() -> None:
    plain = parse_text(RECORD).data
    windows = parse(b"\xef\xbb\xbf" + RECORD.replace("\n", "\r\n").encode())
    assert windows.data == plain
    assert [problem.rule for problem in windows.problems] == ["byte-order-mark"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (
            b"a: 1\nb: \xd5\xc5\n",
            Problem(
                "not-utf8",
                "the file is not UTF-8: byte 8 is invalid",
                Place("r.yaml", 2, 4, 2, 5),
                "save the file as UTF-8 in your editor; it may have been saved as GBK",
            ),
        ),
        (
            "a: 1\n".encode("utf-16"),
            Problem(
                "not-utf8",
                "the file is not UTF-8: byte 0 is invalid",
                Place("r.yaml", 1, 1, 1, 2),
                "it looks like UTF-16; save it as UTF-8",
            ),
        ),
        (
            b"#" * (MAX_BYTES + 1),
            Problem(
                "file-too-large",
                "the file is too large: 262145 bytes, the limit is 262144",
                Place("r.yaml"),
                "move long texts to other files, or split the record",
            ),
        ),
        (
            b"a: 1\na: 2\n",
            Problem(
                "duplicate-key",
                "duplicate field 'a', first in line 1",
                Place("r.yaml", 2, 1, 2, 2, "/a"),
                "keep one of the two",
                excerpt="a: 2",
                also=(Place("r.yaml", 1, 1, 1, 2, "/a"),),
            ),
        ),
    ],
    ids=["gbk", "utf-16", "too large", "duplicate key"],
)
def test_a_whole_problem(raw: bytes, problem: Problem) -> None:
    assert parse(raw, "r.yaml").problems == (problem,)


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        *((number, "resident-id") for number in RESIDENT_IDS),
        *(
            (number, "bank-card")
            for number in ("6222021234567890128", "6222 0212 3456 7890 128", "6222 021234567890-128")
        ),
        ("1990073112345678", None),
        ("138-0013-8000", None),
    ],
)
def test_a_number_that_is_never_to_be_kept_is_found_however_it_is_parted(number: str, rule: str | None) -> None:
    assert [problem.rule for problem in parse_text(f"a: x {number}\n").problems] == ([rule] if rule else [])


def test_usual_characters_are_those_that_nothing_is_said_of() -> None:
    usual = [chr(code) for code in range(0x110000) if characters.are_usual(chr(code))]
    assert len(usual) > 20_000
    assert [sign for sign in usual if characters.first_invisible(sign) or unicodedata.combining(sign)] == []
    text = "".join(sign for sign in usual if sign != "\\")
    assert unicodedata.is_normalized("NFC", text)
    document = Document("", text, {"a": text, "b": [*usual]})
    assert [*characters.in_text(text, ""), *characters.in_values(document)] == []


def test_several_mistakes_are_reported_at_once() -> None:
    text = "a: .nan\nb: [x，y]\nc: 1\nc: 2\nd: “x”\n"
    assert {problem.rule for problem in parse_text(text).problems} == {
        *("not-a-number", "fullwidth-comma", "duplicate-key", "curly-quotes")
    }


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< HEAD\n" * 18_000,
        "a: " + "\u200b" * 80_000,
        "a: [" + "x，y, " * 30_000 + "z]\n",
        "a: {" + "x y, " * 40_000 + "z: 1}\n",
        "a: ['" + "62" * 8 + "', " + "'6212345678901232', " * 12_000 + "z]\n",
        "a: '" + "{" * 250_000 + "'\n",
        "a: [x" + " " * 250_000 + "y，z]\n",
        "a: x" + " " * 250_000 + "#y\n",
        "a: |\n" + "  x：y\n" * 25_000,
        "a: " + "1" * 250_000 + "\n",
        "a: '" + "62" * 120_000 + "'\n",
        "a: '" + "6222 " * 50_000 + "'\n",
        "".join(f"k{n}: 1\n" for n in range(20_000)),
        "a: 1\n" * 50_000,
        "1: 1\n" * 50_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: " + "{" * 100_000,
        '"' * 200_001,
        "x：1\n" * 30_000,
    ],
    ids=lambda text: f"{text[:4]!r}… of {len(text)}",
)
def test_hostile_bulk_is_answered(text: str) -> None:
    assert isinstance(parse(text.encode()), Document)


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_give_a_document_and_never_an_exception(raw: bytes) -> None:
    document = parse(raw, "r.yaml")
    assert isinstance(document, Document)
    assert document.data is not None or errors(document)
    for problem in document.problems:
        assert problem.message
        assert problem.place.path == "r.yaml"


@settings(max_examples=200)
@given(spoiled())
@example("a: [x, _?>]\n")
@example("a: x\n\ufeffb: 1\n")
def test_what_is_accepted_is_what_pyyaml_reads(text: str) -> None:
    document = parse_text(text)
    if not errors(document):
        assert agrees(document.data, yaml.load(text, yaml.CBaseLoader))


@settings(max_examples=200)
@given(spoiled())
def test_what_pyyaml_rejects_is_rejected(text: str) -> None:
    try:
        yaml.load(text, yaml.CBaseLoader)
    except yaml.YAMLError:
        assert errors(parse_text(text))


@settings(max_examples=200)
@given(spoiled())
def test_places_lie_in_the_text(text: str) -> None:
    lines = text.removeprefix("\ufeff").split("\n")
    for problem in parse_text(text).problems:
        place = problem.place
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert (place.line, place.column) <= (place.end_line, place.end_column)
        assert problem.excerpt in ("", lines[place.line - 1].rstrip("\r"))


texts = st.text(alphabet="-?:,[]{}#&*!|>'\"%@`=<~ \t\n\\0123456789.exyno张：，“”\x85\u2028\ufeff", max_size=20)
numbers = st.sampled_from(["11010519491231002X", "110105 19491231 002X", "6222020200112233445", "<<<<<<< a", "a,b: c"])
leaves = texts | numbers | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.none()
names = st.sampled_from(["name", "备注", "uscc", "sheet-1", "no", "x", "a b"]) | texts
records = st.dictionaries(
    names,
    st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)),
    min_size=1,
    max_size=4,
)


@given(records)
def test_what_was_just_written_has_the_problems_of_its_text(data: dict[str, Any]) -> None:
    try:
        text = fresh(data)
    except CrmError:
        return
    assert written(text, "records/a.yaml", data) == parse_text(text, "records/a.yaml")
