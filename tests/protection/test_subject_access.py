"""What the store holds about a person: all of it, nothing of others, and only for the person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import stores

from crmtext.layout import DISCLOSURES
from crmtext.protection.disclosures import register
from crmtext.protection.subject_part import Part
from crmtext.schema import Schema
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

TEAM = stores.TEAM.replace('"never"', '"auto"')
PERSON = stores.record(
    "001", "陈小明",
    """\
  - {name: 陈小明, title: 顾问}
  - {name: 李小红, phones: ["13855557777"], birthday: 1990-01-02}
phones: ["13800138000"]
person: {birth_date: 1988-08-08}
sources: [{channel: exhibition, date: 2026-01-05}]
external_ids: {erp: K-1}
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, contact: 李小红, summary: 李小红说陈小明出差,
     details: 回电 13855557777}
consents:
  - {date: 2026-01-05, basis: consent}
  - {date: 2026-01-06, basis: consent, contact: 李小红, purposes: [李小红的用途]}
notes: 他的妻子李小红也在场
""",
    type="person",
)  # fmt: skip
COMPANY = stores.record(
    "002", "云帆科技",
    """\
    phones: ["13811112222"]
  - {name: 王芳, phones: ["13833334444"], opted_out: [sms]}
interactions:
  - {date: 2026-11-01, by: lilei, channel: phone, contact: 王芳, summary: 王芳和张三要报价}
  - {date: 2026-11-02, by: lilei, channel: phone, contact: 张三, summary: 只谈价格}
opportunities: [{title: 王芳的项目, stage: proposal, amount: 5}, {title: 二期, stage: proposal, amount: 7}]
consents: [{date: 2026-01-06, basis: consent, contact: 王芳}]
custom: {a: 张三负责, b: 王芳负责}
""",
)  # fmt: skip
OF_OTHERS = ("李小红", "13855557777", "1990-01-02", "李小红的用途")


@pytest.fixture
def store(repo: Repo) -> Repo:
    old = PERSON.replace("13855557777", "13866668888").replace("李小红说", "王小刚和李小红说").replace(
        "  - {name: 李小红", "  - {name: 王小刚}\n  - {name: 李小红")  # fmt: skip
    repo.commit({"crmtext.toml": TEAM, stores.path("001"): old, stores.path("002"): COMPANY}, "add 王小刚 and 李小红")
    repo.commit({stores.path("001"): PERSON}, "change\n\nCrm-Action: import")
    return repo


def asked(store: Repo, capsys: pytest.CaptureFixture[str], folder: Path, *typed: str) -> tuple[str, Any, stores.Said]:
    said = stores.Program(capsys, store.path)("subject-access", *typed, "-o", str(folder))
    assert said.code == 0, said.err
    text = (folder / "subject-access.md").read_text("utf-8")
    return text, json.loads((folder / "subject-access.json").read_text("utf-8")), said


def test_a_person_gets_everything_and_nothing_of_others(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = stores.Program(capsys, store.path)
    program("export", "--with-sensitive", "--recipient", "银行", "--purpose", "审核", "陈小明")
    program("export", "--with-sensitive", "--recipient", "别人", "--purpose", "审核", "云帆科技")
    page, data, _said = asked(store, capsys, tmp_path / "answer", "陈小明")
    whole = page + json.dumps(data, ensure_ascii=False)
    for word in (*OF_OTHERS, "王小刚", "13866668888", "别人", "C20240501002"):
        assert word not in whole
    for word in ("陈小明", "13800138000", "1988", "出差", "K-1", "银行", "李雷"):
        assert word in page
    record = data["record"]
    assert [one["name"] for one in record["contacts"]] == ["陈小明"]
    assert (record["person"], record["notes"]) == ({"birth_date": "1988-08-08"}, "他的妻子李*也在场")
    assert record["interactions"][0] == {
        "date": "2026-11-01", "by": "lilei", "channel": "phone", "contact": "李*", "summary": "李*说陈小明出差",
        "details": "回电 138****7777",
    }  # fmt: skip
    assert data["consents"] == [{"date": "2026-01-05", "basis": "consent"}]
    assert [one["to"] for one in data["disclosures"]] == ["银行"]
    assert data["origin"]["imports"] == [
        {"date": "2026-11-20", "commit": store.git("rev-parse", "HEAD~3"), "subject": "change"}
    ]
    assert [event["subject"] for event in data["history"]["events"]] == ["change", "add 王* and 李*"]
    assert data["other_contacts_left_out"] == 2


def test_a_contact_gets_what_is_about_the_contact(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, data, said = asked(store, capsys, tmp_path / "answer", "云帆科技", "--contact", "王芳")
    assert data["record"] == {
        "id": "C20240501002", "name": "云帆科技", "type": "company", "owner": "lilei",
        "contacts": [{"name": "王芳", "phones": ["13833334444"], "opted_out": ["sms"]}],
        "interactions": [{"date": "2026-11-01", "by": "lilei", "channel": "phone", "contact": "王芳",
                          "summary": "王芳和张*要报价"}],
        "opportunities": [{"title": "王芳的项目", "stage": "proposal", "amount": 5}],
        "consents": [{"date": "2026-01-06", "basis": "consent", "contact": "王芳"}], "custom": {"b": "王芳负责"},
    }  # fmt: skip
    assert (data["person"], data["contact"]) == ("王芳", "王芳")
    assert "张三" not in page + json.dumps(data, ensure_ascii=False)
    assert "1 contact is another person and left out" in said.err
    # Typed as the customer, the contact is the same person.
    _page, same, _said = asked(store, capsys, tmp_path / "again", "王芳")
    assert same["record"] == data["record"]


def test_a_company_is_shown_without_its_contacts(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _page, data, said = asked(store, capsys, tmp_path / "answer", "云帆科技")
    text = json.dumps(data, ensure_ascii=False)
    assert ("contacts" in data["record"], "王芳" in text, "13833334444" in text) == (False, False, False)
    assert "2 contacts are other persons and left out" in said.err


def test_files_are_private_and_a_disclosure_is_written(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = store.git("rev-parse", "HEAD")
    _page, _data, said = asked(store, capsys, tmp_path / "answer", "陈小明")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "answer").iterdir()}
    assert modes == {"subject-access.md": 0o600, "subject-access.json": 0o600}
    assert (tmp_path / "answer").stat().st_mode & 0o777 == 0o700
    [one] = register(Store(store.path)).disclosures
    assert (one.what, one.customers, one.commit, one.to) == ("subject-access", ("C20240501001",), at, "the person")
    assert said.err.splitlines()[-1] == (
        "to log the request: crmtext append C20240501001 cases kind=request 'summary=request of access'"
    )


def test_the_command_of_the_hint_logs_the_request(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = stores.Program(capsys, store.path)
    assert program("append", "C20240501001", "cases", "kind=request", "summary=request of access").code == 0
    _page, data, said = asked(store, capsys, tmp_path / "answer", "陈小明")
    due = data["record"]["cases"][0].get("due", "-")
    assert said.err.splitlines()[-1] == (f"open request of 2026-11-20, due {due}: close it once it is answered")


@pytest.mark.parametrize("folder", ["records/x", "privacy/x", ".git/x", "full", "file"])
def test_a_folder_that_holds_something_is_not_touched(
    store: Repo, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    store.write("full/other.txt", "x")
    store.write("file", "x")
    said = stores.Program(capsys, store.path)("subject-access", "陈小明", "-o", str(store.path / folder))
    assert said.code in (2, 3)
    assert ("output-place" in said.err or "folder-not-empty" in said.err) is True
    assert register(Store(store.path)).disclosures == ()


def test_nothing_is_answered_while_a_disclosure_cannot_be_read(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write(f"{DISCLOSURES}/2026-11-20-lilei-3f2a.yaml", "by: lilei\n")
    said = stores.Program(capsys, store.path)("subject-access", "陈小明", "-o", str(tmp_path / "answer"))
    assert (said.code, (tmp_path / "answer").exists()) == (3, False)
    assert f"{DISCLOSURES}/2026-11-20-lilei-3f2a.yaml:1:1: error: a disclosure can't be read" in said.err


def test_a_lost_commit_is_said_on_the_page(store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ("date: 2026-11-20\nby: lilei\nwhat: outside-export\nto: bank\npurpose: p\nwhere: id\nfields: [name]\n"
            f"commit: {'ab' * 20}\n")  # fmt: skip
    store.commit({f"{DISCLOSURES}/2026-11-20-lilei-3f2a.yaml": text})
    page, data, _said = asked(store, capsys, tmp_path / "answer", "陈小明")
    assert "bank · p · outside export · it can't be said any more whether you were in it" in page
    assert data["disclosures"][0]["undecided"] == f"unknown commit '{'ab' * 20}'"


def test_a_removed_customer_can_still_ask(store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stores.Program(capsys, store.path)("rm", "C20240501001", "--force").code == 0
    _page, data, _said = asked(store, capsys, tmp_path / "answer", "C20240501001")
    assert (data["record"]["name"], data["history"]["events"][0]["kind"]) == ("陈小明", "removed")


def test_a_contact_that_is_not_there_is_an_error(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ("subject-access", "云帆科技", "--contact", "赵六", "-o", str(tmp_path / "x"))
    said = stores.Program(capsys, store.path)(*typed)
    assert (said.code, said.err) == (
        2, "error: '赵六' is not one contact of 云帆科技 (C20240501002) [which-contact]\n  = one of: 张三, 王芳\n"
    )  # fmt: skip


def test_names_of_others_are_masked_as_whole_words_only() -> None:
    data = {
        "type": "company",
        "name": "Larch Ltd",
        "contacts": [{"name": "Ann Lee"}],
        "notes": "Annual fee, Ann Lee, Ann",
    }
    assert Part(Schema.shipped(), [data]).data(data) == {
        "type": "company", "name": "Larch Ltd", "notes": "Annual fee, A*** L***, A***",
    }  # fmt: skip


@pytest.mark.parametrize(("asked_in", "kept"), [("en", "zh"), ("zh", "en")])
def test_a_disclosure_is_in_the_language_of_the_store(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked_in: str, kept: str
) -> None:
    store.write("crmtext.toml", TEAM.replace("[store]\n", f'[store]\nlanguage = "{kept}"\n'))
    said = stores.Program(capsys, store.path)("--lang", asked_in, "subject-access", "陈小明", "-o", str(tmp_path / "x"))
    assert said.code == 0, said.err
    [one] = register(Store(store.path)).disclosures
    assert (one.to, one.purpose) == {"zh": ("本人", "查阅个人信息"), "en": ("the person", "request of access")}[kept]
