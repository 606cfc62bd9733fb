"""What counts as adding, moving, renaming, merging and removing a customer, also for somebody who tries to hide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores
from policies import denials, file, policy, step, verdict

from crmtext.protection.policy.change import FIELD, RECORD

if TYPE_CHECKING:
    from pathlib import Path

    from policies import State

WHERE = "only where: owner == actor or actor in collaborators"
CALL = "interactions:\n  - date: 2024-05-01\n    by: lilei\n    channel: phone\n    summary: called\n"
PATH, OTHER, THIRD = stores.path(), stores.path("002"), stores.path("003")
MINE = stores.record(more=CALL)
THEIRS = stores.record("002", "北京样本科技有限公司", owner="hanmei")
WHOLE = "may not change this file, which can't be compared field by field"


def renamed(text: str, new: str = "009") -> str:
    """The record with another id."""
    return text.replace(text.split()[1], f"C20240501{new}", 1)


#: The states before and after, who, and what they may not do.
CASES: dict[str, tuple[State, State, str, list[str]]] = {
    "a new customer of one's own": ({}, {PATH: MINE}, "lilei", []),
    "a new customer of a colleague": ({}, {OTHER: THEIRS}, "lilei", [f"{OTHER} sales may add customers {WHERE}"]),
    "a new customer with a field that only leads may set": (
        {},
        {PATH: MINE + "classification:\n  value: high\n"},
        "lilei",
        [f"{PATH}:14:3 sales may not add classification.value"],
    ),
    "support adds a customer": (
        {},
        {PATH: stores.record().partition("contacts")[0]},
        "wangfang",
        [f"{PATH} support may not add customers"],
    ),
    "a removed customer": ({PATH: MINE}, {}, "lilei", [f"{PATH} sales may not remove customers"]),
    "a lead removes a customer": ({PATH: MINE}, {}, "zhaomin", []),
    "a moved file": ({PATH: MINE}, {"records/a/C20240501001.yaml": MINE}, "lilei", []),
    "a moved file of a colleague's customer": (
        {OTHER: THEIRS},
        {"records/a/x.yaml": THEIRS},
        "lilei",
        [f"records/a/x.yaml sales may move customers {WHERE}"],
    ),
    "a moved file in which a field changed": (
        {OTHER: THEIRS},
        {"records/a/x.yaml": THEIRS.replace("lead", "lost")},
        "lilei",
        [f"records/a/x.yaml sales may move customers {WHERE}", f"records/a/x.yaml:4:1 sales may change status {WHERE}"],
    ),
    "a file that is moved over a colleague's": (
        {PATH: MINE, OTHER: THEIRS},
        {OTHER: MINE},
        "lilei",
        [f"{OTHER} sales may not remove customers"],
    ),
    "two files that are swapped": (
        {PATH: MINE, OTHER: THEIRS},
        {PATH: THEIRS, OTHER: MINE},
        "lilei",
        [f"{PATH} sales may move customers {WHERE}"],
    ),
    "a file that is moved out of records": (
        {PATH: MINE},
        {"import/C20240501001.yaml": MINE},
        "lilei",
        [f"{PATH} sales may not remove customers"],
    ),
    "an id that is changed in place": ({PATH: MINE}, {PATH: renamed(MINE)}, "lilei", []),
    "a colleague's id that is changed in place": (
        {OTHER: THEIRS},
        {OTHER: renamed(THEIRS)},
        "lilei",
        [f"{OTHER}:1:5 sales may rename customers {WHERE}"],
    ),
    "a takeover hidden in a rename": (
        {OTHER: THEIRS},
        {THIRD: renamed(THEIRS).replace("hanmei", "lilei")},
        "lilei",
        [
            f"{THIRD} sales may move customers {WHERE}",
            f"{THIRD}:1:5 sales may rename customers {WHERE}",
            f"{THIRD}:5:1 sales may change owner {WHERE}",
        ],
    ),
    "a takeover by a new customer with the old one's id": (
        {OTHER: THEIRS},
        {PATH: THEIRS.replace("hanmei", "lilei").replace("张三", "李四")},
        "lilei",
        [
            f"{PATH} sales may move customers {WHERE}",
            f"{PATH}:5:1 sales may change owner {WHERE}",
            f"{PATH}:7:5 sales may change contacts[].name {WHERE}",
        ],
    ),
    "one's own customer gets the id of a removed one": (
        {PATH: MINE, OTHER: THEIRS},
        {PATH: renamed(MINE, "002")},
        "lilei",
        [
            f"{PATH} sales may move customers {WHERE}",
            f"{PATH}:2:1 sales may change name {WHERE}",
            f"{PATH}:5:1 sales may change owner {WHERE}",
            f"{PATH} sales may not remove customers",
        ],
    ),
    "a colleague's customer is replaced by another customer": (
        {OTHER: THEIRS},
        {OTHER: stores.record("009", "完全不同", owner="lilei")},
        "lilei",
        [
            f"{OTHER}:1:5 sales may rename customers {WHERE}",
            f"{OTHER}:2:1 sales may change name {WHERE}",
            f"{OTHER}:5:1 sales may change owner {WHERE}",
        ],
    ),
    "a second record with a colleague's id": (
        {OTHER: THEIRS},
        {OTHER: THEIRS, PATH: THEIRS.replace("hanmei", "lilei")},
        "lilei",
        [],
    ),
    "the first of two records with one id": (
        {OTHER: THEIRS, PATH: THEIRS.replace("hanmei", "lilei")},
        {PATH: THEIRS.replace("hanmei", "lilei")},
        "lilei",
        [f"{OTHER} sales may not remove customers"],
    ),
    "an unreadable new version": (
        {OTHER: THEIRS},
        {OTHER: THEIRS + "  broken: [\n"},
        "lilei",
        [f"{OTHER} sales {WHOLE}"],
    ),
    "an unreadable version of one's own": ({PATH: MINE}, {PATH: MINE + "x: *a\n"}, "lilei", [f"{PATH} sales {WHOLE}"]),
    "an owner that is there twice": (
        {OTHER: THEIRS},
        {OTHER: THEIRS + "owner: lilei\n"},
        "lilei",
        [f"{OTHER} sales {WHOLE}"],
    ),
    "an unreadable new customer": (
        {},
        {PATH: "id: C20240501001\nowner: lilei\nowner: hanmei\n"},
        "lilei",
        [f"{PATH} sales may add customers {WHERE}", f"{PATH} sales {WHOLE}"],
    ),
    "a record without an id": ({PATH: MINE}, {PATH: MINE.partition("\n")[2]}, "lilei", [f"{PATH} sales {WHOLE}"]),
    "an id that is no text": (
        {PATH: MINE},
        {PATH: MINE.replace("C20240501001", "[C20240501001]", 1)},
        "lilei",
        [f"{PATH} sales {WHOLE}"],
    ),
    "an owner that is a list": (
        {OTHER: THEIRS.replace("hanmei", "[lilei]")},
        {OTHER: THEIRS.replace("hanmei", "lilei")},
        "lilei",
        [f"{OTHER}:5:1 sales may change owner {WHERE}"],
    ),
    "collaborators that are a text": (
        {OTHER: THEIRS + "collaborators: lilei\n"},
        {OTHER: THEIRS + "collaborators: lilei\nnotes: x\n"},
        "lilei",
        [f"{OTHER}:9:1 sales may change notes {WHERE}"],
    ),
    "a record becomes a symlink": (
        {PATH: MINE},
        {PATH: file("../../secret", "120000")},
        "lilei",
        [f"{PATH} sales {WHOLE}"],
    ),
    "a record becomes a submodule": (
        {PATH: MINE},
        {PATH: file("", "160000")},
        "lilei",
        [f"{PATH} sales {WHOLE}"],
    ),
    "a record that is executable": ({OTHER: THEIRS}, {OTHER: file(THEIRS, "100755")}, "wangfang", []),
    "a record that is too large": (
        {PATH: MINE},
        {PATH: file(MINE + "#" * 300_000)._replace(content=300_200)},
        "lilei",
        [f"{PATH} sales {WHOLE}"],
    ),
    "a file that only looks like a record": (
        {PATH: MINE},
        {PATH: MINE, "records/C20240501001.YAML": MINE.replace("called", "shouted")},
        "lilei",
        [
            f"records/C20240501001.YAML sales may add customers {WHERE}",
            f"records/C20240501001.YAML sales {WHOLE}",
        ],
    ),
    "attributes beside the records": (
        {},
        {"records/.gitattributes": "* merge=ours\n"},
        "lilei",
        ["records/.gitattributes sales may not change the file records/.gitattributes"],
    ),
    "the folder of records becomes a symlink": (
        {PATH: MINE},
        {"records": file("elsewhere", "120000")},
        "lilei",
        ["records sales may not change the file records", f"{PATH} sales may not remove customers"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_records(case: str) -> None:
    old, new, handle, expected = CASES[case]
    assert verdict(old, new, handle) == expected


def test_equal_files_are_no_changes() -> None:
    assert step({PATH: MINE, OTHER: THEIRS}, {PATH: MINE, OTHER: THEIRS}) == ()


def test_a_new_record_may_have_the_required_fields_in_any_case() -> None:
    judge = policy('[team.a]\nrole = "r"\n[access.r]\nmay = ["contacts[].phones"]\nrecords = ["add"]\n')
    text = stores.record()
    assert verdict({}, {PATH: text}, "a", judge) == [f"{PATH}:7:5 r may not add contacts[].name"]
    assert verdict({}, {PATH: text.partition("contacts")[0]}, "a", judge) == []


#: Rights that allow renaming and nothing else.
ONLY_RENAME = policy(
    '[team.lilei]\nrole = "r"\n[access.r]\nrecords = ["move", "rename"]\nmay = []\nwhere = "owner == actor"\n'
)
ONLY_MERGE = policy(
    '[team.lilei]\nrole = "r"\n[access.r]\nrecords = ["rename"]\nmay = ["interactions+", "contacts+", "aliases+"]\n'
    'where = "owner == actor"\n'
)


def state(folder: Path) -> dict[str, str | bytes]:
    """The files of a store."""
    return {path: content for path, content in stores.files(folder).items() if path.startswith("records/")}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> stores.Program:
    relation = "relations:\n  - id: C20240501001\n    kind: parent\nnot_duplicate_of: [C20240501001, C20240501004]\n"
    person = "person:\n  company_id: C20240501001\n"
    stores.made(
        tmp_path,
        stores.record("001", "上海示例电子有限公司", CALL),
        stores.record("002", "北京样本科技有限公司", relation, owner="hanmei"),
        stores.record("003", "王五", person, type="person", owner="hanmei"),
        stores.record("004", "上海示例电子", CALL.replace("called", "visited") + "tags: [vip]\n"),
    )
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "start")):
        stores.git(tmp_path, *words)
    return stores.Program(capsys, tmp_path)


def test_references_that_follow_a_rename_need_no_right(run: stores.Program) -> None:
    before = state(run.folder)
    assert run("rename", "C20240501001", "--id", "C20240501777").code == 0
    after = state(run.folder)
    assert [(one.subject, one.kind) for one in step(before, after, ONLY_RENAME)] == [
        (RECORD, "move"),
        (RECORD, "rename"),
    ]
    assert verdict(before, after, "lilei", ONLY_RENAME) == []


def test_a_change_beside_a_reference_that_follows_is_judged(run: stores.Program) -> None:
    before = state(run.folder)
    assert run("rename", "C20240501001", "--id", "C20240501777").code == 0
    after = state(run.folder)
    path = stores.path("002")
    after[path] = bytes(after[path]).replace(b"kind: parent", b"kind: other")
    assert verdict(before, after, "lilei", ONLY_RENAME) == [
        f"{path}:8:1 r may not remove relations",
        f"{path}:9:5 r may not add relations",
    ]


def test_a_reference_to_another_customer_does_not_follow(run: stores.Program) -> None:
    before = state(run.folder)
    assert run("rename", "C20240501001", "--id", "C20240501777").code == 0
    after = state(run.folder)
    path = stores.path("003")
    after[path] = bytes(after[path]).replace(b"C20240501777", b"C20240501004")
    assert verdict(before, after, "lilei", ONLY_RENAME) == [f"{path}:9:3 r may not change person.company_id"]


def test_a_rename_without_the_right_is_denied_with_its_references(run: stores.Program) -> None:
    before = state(run.folder)
    assert run("rename", "C20240501001", "--id", "C20240501777").code == 0
    messages = [one.problem.message for one in denials(before, state(run.folder), "wangfang")]
    assert messages == ["support may not move the files of customers", "support may not rename or merge customers"]


def test_a_merge_counts_as_a_rename_of_the_removed_customer(run: stores.Program) -> None:
    before = state(run.folder)
    done = run("merge", "C20240501001", "C20240501004", "--keep", "A", "--prefer", "A")
    assert done.code == 0, done.err
    after = state(run.folder)
    kinds = [(one.subject, one.kind, one.path) for one in step(before, after, ONLY_MERGE)]
    assert (RECORD, "rename", ()) in kinds
    assert (RECORD, "remove", ()) not in kinds
    added = {path[0] for subject, kind, path in kinds if (subject, kind) == (FIELD, "added")}
    assert added == {"aliases", "tags", "interactions"}
    assert verdict(before, after, "lilei", ONLY_MERGE) == [f"{PATH}:11:5 r may not add tags"]


def test_a_merge_that_drops_an_entry_removes_the_customer(run: stores.Program) -> None:
    before = state(run.folder)
    assert run("merge", "C20240501001", "C20240501004", "--keep", "A", "--prefer", "A").code == 0
    after = state(run.folder)
    after[PATH] = bytes(after[PATH]).replace(b"visited", b"went there")
    assert [one.problem.message for one in denials(before, after, "lilei", ONLY_MERGE)] == [
        "r may not add tags",
        "r may not add merged_from",
        "r may not remove not_duplicate_of",
        "r may not remove customers",
    ]


def test_a_customer_who_is_only_named_as_merged_is_removed() -> None:
    other = stores.record("004", "上海示例电子", CALL.replace("called", "visited"))
    after = MINE + "merged_from: [C20240501004]\n"
    gone = stores.path("004")
    assert verdict({PATH: MINE, gone: other}, {PATH: after}, "lilei") == [f"{gone} sales may not remove customers"]


def test_references_that_follow_a_merge_need_no_right(run: stores.Program) -> None:
    relations = stores.record("004", "上海示例电子", "relations:\n  - id: C20240501001\n    kind: partner\n")
    (run.folder / stores.path("004")).write_text(relations, "utf-8")
    third = (
        (run.folder / stores.path("003"))
        .read_text("utf-8")
        .replace("company_id: C20240501001", "company_id: C20240501004")
    )
    (run.folder / stores.path("003")).write_text(third, "utf-8")
    stores.git(run.folder, "commit", "-qam", "more")
    before = state(run.folder)
    done = run("merge", "C20240501001", "C20240501004", "--keep", "A", "--prefer", "A")
    assert done.code == 0, done.err
    after = state(run.folder)
    assert after[stores.path("003")] != before[stores.path("003")]
    assert after[stores.path("002")] != before[stores.path("002")]
    assert verdict(before, after, "lilei", ONLY_MERGE) == []


def test_an_invalid_record_beside_a_rename_is_judged_as_it_is() -> None:
    odd = stores.record("003", "王五", "relations:\n  - id: [C20240501001]\n    kind: parent\n")
    after = {PATH: renamed(MINE), THIRD: odd.replace("001]", "009]")}
    assert verdict({PATH: MINE, THIRD: odd}, after, "wangfang") == [
        f"{THIRD}:8:1 support may not remove relations",
        f"{THIRD}:9:10 support may not add relations",
        f"{PATH}:1:5 support may not rename or merge customers",
    ]
