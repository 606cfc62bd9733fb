"""The canonical form of a record: same data, same comments, and nothing left to do the second time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import customers as stores
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtext.problem import CrmError
from crmtext.record import fmt
from crmtext.record.change.write import WriteOptions
from crmtext.text.edit.canonical import canonical
from crmtext.text.edit.comments import comments
from crmtext.text.edit.source import read
from crmtext.text.read.load import parse_text

RECORDS = sorted((Path(__file__).parents[3] / "records").rglob("*.yaml"))

#: A record as nobody would write it, with a comment in every place there is.
WILD = """\
# yaml-language-server: $schema=x

# the customer
name: "上海示例"   # the name
id: C20240501K7QM
status: active
type: company


owner: lilei
contacts: # people
- title: 经理 # boss
  # about the name
  name: 张三
  phones: ['13800138000', # mobile
    "021-5555"]  # all
  # foot of 张三

# before the second
- # behind the dash
  name: 李四
  notes: |  # header
      text
      more

    # deeper than the key
  # foot of 李四
tags: [ # open
  a, # one
  # before b
  b
  # end
  ] # close
notes: >-
   folded text
   goes on

   next
empty: {}  # e
custom: {b: 1.50, a: [x, "y"]}
interactions: []
# bye
"""

TAME = """\
# yaml-language-server: $schema=x

# the customer
id: C20240501K7QM
name: "上海示例"  # the name
type: company
status: active

owner: lilei
contacts:  # people
  # about the name
  - name: 张三
    title: 经理  # boss
    phones:  # all
      - '13800138000'  # mobile
      - "021-5555"
    # foot of 张三

  # before the second
  # behind the dash
  - name: 李四

    # deeper than the key
    notes: |  # header
      text
      more
    # foot of 李四
# close
tags:  # open
  - a  # one
  # before b
  - b
  # end
interactions: []
notes: >-
  folded text
  goes on

  next
custom:
  b: 1.50
  a:
    - x
    - "y"
empty: {}  # e
# bye
"""


def form(text: str) -> str:
    return fmt.form(text, stores.SCHEMA)


def comment_counts(text: str) -> Counter[str]:
    """The comments of a text, however they stand."""
    source = read(text)
    assert source.root is not None
    return Counter(comment.text for comment in comments(source, source.root))


def test_every_comment_stays_with_what_it_is_about() -> None:
    assert form(WILD) == TAME


def test_what_is_in_order_stays_as_it_is() -> None:
    assert form(TAME) == TAME


@pytest.mark.parametrize(
    ("text", "canonical_text"),
    [
        ("\ufeffid: a\r\nname: b\r\n", "id: a\nname: b\n"),
        ("id: a", "id: a\n"),
        ("---\nid: a\n", "id: a\n"),
        ("{name: b, id: a}", "id: a\nname: b\n"),
        ("id: a\n\n\n\nname: b\n\n", "id: a\n\nname: b\n"),
        ("id: a\nzzz: 1\naaa: 2\nname: b\n", "id: a\nname: b\nzzz: 1\naaa: 2\n"),
        ("# head\nname: b\n# about id\nid: a\n", "# head\n# about id\nid: a\nname: b\n"),
        ("notes:\n  # nothing yet\nid: a\n", "id: a\nnotes:\n  # nothing yet\n"),
        ("notes: 'two\n  lines'\n", "notes: two lines\n"),
        ("custom:\n  a:\n  - - b\n    - c\n  - []\n", "custom:\n  a:\n    - - b\n      - c\n    - []\n"),
        ("notes: |\n  a\n\n  b\nid: x\n", "id: x\nnotes: |\n  a\n\n  b\n"),
        ("notes: |+\n  a\n\n# c\nid: x\n", "# c\nid: x\nnotes: |+\n  a\n\n"),
        ("custom:\n  a: |+\n    b\n\n  c: 1\n", "custom:\n  a: |+\n    b\n\n  c: 1\n"),
        ("notes: |\n  a\n\n # c\n\nid: x\n", "id: x\n\n# c\nnotes: |\n  a\n"),
        ("notes: |+\n  a\n\nid: x\n", "id: x\nnotes: |+\n  a\n\n"),
        ("notes: |2\n   a\n  b\nid: x\n", 'id: x\nnotes: " a\\nb\\n"\n'),
        ('notes: "a: b"\n', 'notes: "a: b"\n'),
        ("external_ids: {erp: 0123}\n", "external_ids:\n  erp: 0123\n"),
        ("", ""),
        ("# only\n", "# only\n"),
    ],
)
def test_texts_of_all_kinds(text: str, canonical_text: str) -> None:
    assert form(text) == canonical_text
    assert form(canonical_text) == canonical_text


@pytest.mark.parametrize("text", ["id: &a x\nname: *a\n", "id: !!str 1\n", "id: a\n---\nid: b\n", "id: [\n"])
def test_anchors_and_broken_files_are_rejected(text: str) -> None:
    with pytest.raises(CrmError) as caught:
        form(text)
    assert caught.value.problem.rule == "edit-refused"


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_of_the_sample_keeps_data_and_comments(path: Path) -> None:
    text = path.read_text("utf-8")
    result = form(text)
    assert parse_text(result).data == parse_text(text).data
    assert comment_counts(result) == comment_counts(text)
    assert form(result) == result


LINES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 9), st.sampled_from(["line", "behind", "blank", "cr"])), max_size=25
)


@settings(max_examples=200)
@given(path=st.sampled_from(RECORDS), marks=LINES)
def test_comments_put_anywhere_stay_and_the_second_time_changes_nothing(
    path: Path, marks: list[tuple[int, int, str]]
) -> None:
    lines = path.read_text("utf-8").split("\n")
    for number, (at, indent, kind) in enumerate(marks):
        where = at % len(lines)
        if kind == "behind":
            lines[where] += f"  # c{number}"
        elif kind == "cr":
            lines[where] = lines[where].rstrip("\r") + "\r"
        else:
            lines.insert(where, " " * indent + f"# c{number}" if kind == "line" else "")
    text = "\n".join(lines)
    before = parse_text(text)
    if before.data is None or before.problems:
        return
    result = form(text)
    assert parse_text(result).data == before.data
    assert comment_counts(result) == comment_counts(text)
    assert form(result) == result


KEYS = st.text("ab名", min_size=1, max_size=2)
SCALARS = st.one_of(
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8),
    st.text(" a#:-\n|>'\"", max_size=12),
    st.integers(-5, 5),
    st.booleans(),
    st.none(),
)
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=200)
@given(data=DATA, flow=st.booleans(), width=st.integers(8, 60))
def test_any_data_in_any_style_stays_the_same(data: dict[str, object], flow: bool, width: int) -> None:
    import yaml

    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, width=width, sort_keys=False)
    order = {"": ("b", "a")}
    result = canonical(text, order)
    assert canonical(result, order) == result
    assert parse_text(result).data == parse_text(text).data


def test_records_are_named_that_are_not_in_order(tmp_path: Path) -> None:
    store = stores.store(tmp_path, {"records/C1.yaml": "name: b\nid: C1\n", "records/C2.yaml": "id: C2\nname: b\n"})
    answer = fmt.check(store.worktree(), ())
    assert [(str(problem.place), problem.rule) for problem in answer.problems] == [
        ("records/C1.yaml:1:1", "canonical-form")
    ]
    assert fmt.check(store.worktree(), ("records/C2.yaml",)).problems == ()


def test_records_are_put_in_order_and_what_cannot_be_is_said(tmp_path: Path) -> None:
    files = {"records/C1.yaml": "name: b\nid: C1\n", "records/C2.yaml": "name: b\nname: c\n"}
    store = stores.store(tmp_path, files)
    done = fmt.run(store, (), WriteOptions())
    assert (done.changed, done.summary) == ((("C1", "records/C1.yaml"),), "Formatted 1 record")
    assert [(problem.place.path, problem.message) for problem in done.problems] == [
        ("records/C2.yaml", "duplicate field 'name', first in line 1")
    ]
    assert stores.read(store, "records/C2.yaml") == files["records/C2.yaml"]
    assert fmt.run(store, ("records/C1.yaml",), WriteOptions()).summary == "all records are in canonical form"
