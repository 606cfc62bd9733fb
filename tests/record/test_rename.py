"""Records that get another name or place, or go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import customers as stores
import pytest
from customers import ACTIVE, ACTIVE_PATH, PATH, PERSON, PERSON_PATH, RECORD, WRITE

from crmtext.problem import CrmError
from crmtext.record import archive, ids, rename, rm
from crmtext.record.change.write import WriteOptions
from crmtext.record.rename import Name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from repos import Repo

    from crmtext.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stores.store(tmp_path)


def refused(call: Callable[[], object]) -> str:
    """The rule by which something is refused."""
    with pytest.raises(CrmError) as caught:
        call()
    return caught.value.problem.rule


def files(store: Store) -> dict[str, str]:
    return {
        path.relative_to(store.root).as_posix(): path.read_text("utf-8")
        for path in store.root.glob("records/**/*.yaml")
    }


def test_a_new_id_is_in_the_file_its_name_and_every_reference(store: Store) -> None:
    done = rename.run(store, "上海示例", Name(id="C20240501NEWX"), WRITE)
    assert files(store) == {
        "records/华东/C20240501NEWX-shili.yaml": RECORD.replace("C20240501K7QM", "C20240501NEWX"),
        ACTIVE_PATH: ACTIVE.replace("C20240501K7QM", "C20240501NEWX"),
        PERSON_PATH: PERSON.replace("C20240501K7QM", "C20240501NEWX"),
    }
    assert done.summary == ("Renamed 上海示例电子有限公司: records/华东/C20240501NEWX-shili.yaml; 2 references updated")


def test_a_relation_with_a_customer_of_another_store_stays(tmp_path: Path) -> None:
    other = ACTIVE.replace("- id: C20240501K7QM", "- id: C20240501K7QM\n    store: 华南")
    assert other != ACTIVE
    store = stores.store(tmp_path, {PATH: RECORD, ACTIVE_PATH: other})
    rename.run(store, "上海示例", Name(id="C20240501NEWX"), WRITE)
    assert files(store)[ACTIVE_PATH] == other
    assert rm.run(store, "C20240501NEWX", WRITE, force=True).summary.count("reference") == 0
    assert files(store) == {ACTIVE_PATH: other}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (Name(slug="示例 电子"), "records/华东/C20240501K7QM-shili-dianzi.yaml"),
        (Name(slug=""), "records/华东/C20240501K7QM.yaml"),
        (Name(from_name=True), "records/华东/C20240501K7QM-shanghai-shili-dianzi.yaml"),
        (Name(slug="../../x"), "records/华东/C20240501K7QM-x.yaml"),
        (Name(), PATH),
        (Name(id="C20240501K7QM"), PATH),
    ],
)
def test_the_words_in_a_files_name_change_alone(store: Store, name: Name, path: str) -> None:
    rename.run(store, "上海示例", name, WRITE)
    assert files(store) == {path: RECORD, ACTIVE_PATH: ACTIVE, PERSON_PATH: PERSON}


def test_a_file_is_named_after_its_id_where_it_was_not(tmp_path: Path) -> None:
    store = stores.store(tmp_path, {"records/C20200101OLD1-x.yaml": RECORD})
    rename.run(store, "上海示例", Name(), WRITE)
    assert [*files(store)] == ["records/C20240501K7QM-x.yaml"]


def test_one_of_two_with_the_same_id_gets_another_and_references_stay(tmp_path: Path) -> None:
    twin = RECORD.replace("上海示例电子", "苏州分厂")
    store = stores.store(tmp_path, {**stores.FILES, "records/C20240501K7QM-b.yaml": twin})
    done = rename.run(store, "苏州分厂", Name(allot=True), WRITE)
    (new,) = {*files(store)} - {*stores.FILES}
    (id_,) = re.findall(r"\Arecords/(C20261120[0-9A-Z]{4})-b\.yaml\Z", new)
    assert files(store) == {**stores.FILES, new: twin.replace("C20240501K7QM", id_)}
    assert [problem.message for problem in done.problems] == [
        f"references to C20240501K7QM were not changed, because {PATH} has the same id"
    ]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        (Name(id="C20250101AAAA"), "unique-id"),
        (Name(id="c1"), "id-form"),
        (Name(slug="！！"), "file-name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(store: Store, name: Name, rule: str) -> None:
    assert refused(lambda: rename.run(store, "上海示例", name, WRITE)) == rule
    assert files(store) == stores.FILES


def test_a_file_that_is_there_is_not_written_over(store: Store) -> None:
    (store.root / "records/华东/C20240501K7QM.yaml").write_text("x: 1\n")
    assert refused(lambda: rename.run(store, "上海示例", Name(slug=""), WRITE)) == "file-exists"
    assert files(store) == {**stores.FILES, "records/华东/C20240501K7QM.yaml": "x: 1\n"}


def test_a_record_that_cannot_follow_refuses_the_whole(store: Store) -> None:
    # Its reference stands twice, so that no edit of it is safe.
    twice = PERSON.replace("person:\n", "person: {}\nperson:\n")
    (store.root / PERSON_PATH).write_text(twice, "utf-8")
    with pytest.raises(CrmError) as caught:
        rename.run(store, "上海示例", Name(id="C20240501NEWX"), WRITE)
    assert PERSON_PATH in caught.value.problem.message
    assert files(store) == {**stores.FILES, PERSON_PATH: twice}


def test_an_archived_record_keeps_its_folder_and_comes_back(store: Store) -> None:
    done = archive.run(store, "上海示例", WRITE, back=False)
    assert files(store) == {
        "records/archive/华东/C20240501K7QM-shili.yaml": RECORD,
        ACTIVE_PATH: ACTIVE,
        PERSON_PATH: PERSON,
    }
    assert done.summary.endswith("lists and checks still include it")
    assert refused(lambda: archive.run(store, "上海示例", WRITE, back=False)) == "archive"
    archive.run(store, "上海示例", WRITE, back=True)
    assert files(store) == stores.FILES
    assert refused(lambda: archive.run(store, "上海示例", WRITE, back=True)) == "archive"


def test_a_customer_that_others_refer_to_is_not_removed(store: Store) -> None:
    with pytest.raises(CrmError) as caught:
        rm.run(store, "上海示例", WRITE, force=False)
    problem = caught.value.problem
    assert problem.message == "上海示例电子有限公司 is referred to by 2 customers"
    assert "C20250101AAAA  武汉合作客户有限公司\nC20250202PPPP  王小明" in problem.hint
    assert files(store) == stores.FILES


def test_force_removes_the_references_as_well(store: Store) -> None:
    rm.run(store, "上海示例", WRITE, force=True)
    assert files(store) == {
        ACTIVE_PATH: ACTIVE.replace("relations:\n  - id: C20240501K7QM\n    kind: partner\n", ""),
        PERSON_PATH: PERSON.replace("  company_id: C20240501K7QM\n", ""),
    }


def test_what_git_does_not_hold_is_not_removed(repo: Repo) -> None:
    store = stores.store(repo.path)
    assert refused(lambda: rm.run(store, "王小明", WRITE, force=False)) == "not-committed"
    repo.git("add", ".")
    repo.git("commit", "-qm", "all", "--no-verify")
    repo.write(PERSON_PATH, PERSON + "notes: 新的\n")
    assert refused(lambda: rm.run(stores.Store(repo.path), "王小明", WRITE, force=False)) == "not-committed"
    repo.git("checkout", "-q", ".")
    done = rm.run(stores.Store(repo.path), "王小明", WRITE, force=False)
    assert done.summary == (
        f"Removed 王小明: {PERSON_PATH}; git's history still has it\n"
        f"not committed; next: git add {PERSON_PATH} && git commit"
    )
    assert PERSON_PATH not in files(store)


def test_references_to_what_was_merged_into_it_go_too(tmp_path: Path) -> None:
    merged = RECORD + "merged_from: [C20200101GONE]\n"
    other = ACTIVE.replace("C20240501K7QM", "C20200101GONE")
    store = stores.store(tmp_path, {PATH: merged, ACTIVE_PATH: other})
    rm.run(store, "上海示例", WRITE, force=True)
    assert files(store) == {ACTIVE_PATH: ACTIVE.replace("relations:\n  - id: C20240501K7QM\n    kind: partner\n", "")}


def test_a_dry_run_moves_and_removes_nothing(store: Store) -> None:
    how, both = WriteOptions(dry_run=True), (ACTIVE_PATH, ACTIVE_PATH, PERSON_PATH, PERSON_PATH)
    shown = [
        rename.run(store, "上海示例", Name(id="C20240501NEWX"), how).diff,
        archive.run(store, "上海示例", how, back=False).diff,
        rm.run(store, "上海示例", how, force=True).diff,
    ]
    assert [re.findall(r"^(?:---|\+\+\+) (?:[ab]/)?(.*)$", diff, re.MULTILINE) for diff in shown] == [
        ["/dev/null", "records/华东/C20240501NEWX-shili.yaml", PATH, "/dev/null", *both],
        ["/dev/null", "records/archive/华东/C20240501K7QM-shili.yaml", PATH, "/dev/null"],
        [PATH, "/dev/null", *both],
    ]
    assert files(store) == stores.FILES


def test_ids_have_no_letters_that_are_taken_for_others(store: Store) -> None:
    new_ids = {ids.new_id(store.worktree(), store.today) for _time in range(200)}
    assert not {letter for id_ in new_ids for letter in id_[9:]} & set("0O1IL2Z5S8B")
