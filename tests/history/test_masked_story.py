"""A customer's history, masked: messages of commits, former names, records that are gone, and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stores import TEAM, Program, record

if TYPE_CHECKING:
    from repos import Repo

PATH = "records/C20240501K7QM.yaml"
PERSON = "id: C20240501K7QM\nname: 陈小明\ntype: person\nstatus: lead\nowner: lilei\nphones: ['13611238007']\n"


@pytest.fixture
def program(repo: Repo, capsys: pytest.CaptureFixture[str]) -> Program:
    """A store in which a person got another number and name; a merge, with the name in its message, decided."""
    repo.commit({"crmtext.toml": TEAM, PATH: PERSON, "records/C20240501001.yaml": record()}, "陈小明，13611238007")
    repo.commit({PATH: PERSON.replace("1238007", "9998007")}, "陈小明换了号码 136-9999-8007")
    now = PERSON.replace("1238007", "9998007").replace("陈小明", "陈大明")
    repo.commit({PATH: now}, "陈小明改名\n\nCrm-Action: set 陈大明")
    repo.git("switch", "-qc", "work/陈小明")
    repo.commit({PATH: now.replace("lilei", "hanmei")}, "on a branch")
    repo.git("switch", "-q", "main")
    repo.commit({PATH: now.replace("lead", "prospect")}, "meanwhile")
    repo.git("merge", "-q", "work/陈小明", check=False)
    repo.commit({PATH: now.replace("lead", "prospect")}, "Merge branch 'work/陈小明'")
    return Program(capsys, repo.path)


def test_messages_and_values_are_masked_by_all_names_of_the_customer(program: Program) -> None:
    assert program("history", "C20240501K7QM", "--mask").out.splitlines()[0] == "陈* (C20240501K7QM)"
    events = program("history", "C20240501K7QM", "--mask", "--format", "json").data["events"]
    assert "Merge branch 'work/陈*'" in [event["subject"] for event in events]
    assert [event["subject"] for event in events][-3:] == ["陈*改名", "陈*换了号码 136****8007", "陈*，136****8007"]
    assert events[-3]["action"] == "set 陈*"
    assert [(one["kind"], one["before"], one["after"]) for one in events[-2]["changes"]] == [
        ("removed", "136****8007", None),
        ("added", None, "136****8007"),
    ]


def test_a_field_is_chosen_by_its_full_values(program: Program, repo: Repo) -> None:
    contact = "contacts:\n  - {name: 张三丰, title: 经理}\n"
    repo.commit({PATH: PERSON + contact}, "contact")
    repo.commit({PATH: PERSON + contact.replace("经理", "总监")}, "title")
    events = program("history", "C20240501K7QM", "--mask", "--field", "contacts[张三丰]", "--format", "json").data[
        "events"
    ]
    assert [one["key"] for event in events for one in event["changes"]] == ["contacts[张*].title", "contacts[张*]"]


def test_a_removed_customer_is_masked_by_its_last_version(program: Program, repo: Repo) -> None:
    repo.git("rm", "-q", PATH)
    repo.git("commit", "-qm", "陈大明不再是客户")
    done = program("history", "C20240501K7QM", "--mask")
    assert "陈*不再是客户" in done.out
    assert [name for name in ("陈大明", "陈小明", "13611238007", "13699998007") if name in done.out] == []


@pytest.mark.parametrize("command", [("history",), ("diff", "HEAD~1")], ids=["history", "diff"])
def test_an_error_names_nobody(program: Program, repo: Repo, command: tuple[str, ...]) -> None:
    other = PERSON.replace("K7QM", "K7QN").replace("陈小明", "陈大伟")
    repo.commit({"records/C20240501K7QN.yaml": other}, "another")
    done = program(*command, "陈大", "--mask")
    assert done.code == 2
    assert "C20240501K7QN  陈*" in done.err
    assert [name for name in ("陈大明", "陈大伟", "陈大") if name in done.err] == []
