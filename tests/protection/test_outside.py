"""Exports for somebody outside: masked in every format, without those who don't want it, and never taken back."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import any_customers
import pytest
import stores
from hypothesis import given, settings
from hypothesis import strategies as st

from crmtext import settings as store_settings
from crmtext.exporters import FORMATS, file_writer, folder_writer
from crmtext.exporters.export import Export
from crmtext.exporters.output import Folder, writing
from crmtext.exporters.run import Place
from crmtext.layout import DISCLOSURES
from crmtext.model import Customer
from crmtext.protection.disclosures import Disclosure, parsed, register
from crmtext.protection.disclosures import text as disclosure_text
from crmtext.protection.exporting import Side, Wanted, of_export
from crmtext.protection.outside import Reach, masked
from crmtext.query.listing import Query
from crmtext.snapshot import Snapshot
from crmtext.store import Store
from crmtext.text.document import Document

if TYPE_CHECKING:
    from repos import Repo

TEAM = stores.TEAM.replace('"never"', '"auto"')
#: What must not leave the store; of names, the parts that no mask shows.
SECRETS = ("锦瑟", "Quartermaine", "Yvonne", "暮雪", "13855557777", "0512-55550102", "jinse.ouyang", "秘密路",
           "wx_jinse_88", "1010519491231002", "雷", "lilei", "hanmei", "韩梅")  # fmt: skip
PROSE = (
    "欧阳锦瑟（13855557777，138 5555 7777，jinse.ouyang@example.com）住秘密路99号，微信 wx_jinse_88，"
    "由李雷和 lilei 接待；Yvonne Quartermaine 与 Quartermaine；证件 11010519491231002X，座机 0512-5555 0102"
)
SECRET_PARTS: dict[str, Any] = {
    "contacts": [
        {"name": "欧阳锦瑟", "phones": ["138 5555 7777", "0512-5555 0102"], "emails": ["jinse.ouyang@example.com"],
         "wechat": "wx_jinse_88", "primary": True, "notes": PROSE, "birthday": "1990-05-01"},
        {"name": "Yvonne Quartermaine", "title": PROSE},
    ],
    "addresses": [{"kind": "home", "country": "CN", "city": "苏州市", "district": "工业园区", "street": "秘密路99号"}],
    "owner": "lilei", "collaborators": ["hanmei"], "tags": [PROSE], "custom": {"备注": PROSE},
    "interactions": [{"date": "2026-11-01", "by": "hanmei", "channel": "phone", "contact": "欧阳锦瑟", "summary": PROSE,
                      "next": {"action": PROSE, "due": "2026-12-01", "by": "lilei"}}],
    "notes": PROSE, "consents": [{"date": "2026-01-01", "basis": "consent", "contact": "欧阳锦瑟"}],
    "cases": [{"opened": "2026-11-01", "kind": "request", "summary": PROSE, "status": "open", "due": "2026-12-05",
               "owner": "lilei"}],
    "person": {"company": "示例公司", "birth_date": "1990-05-01"}, "status": "active",
    "cooperation": {"contracts": [{"title": PROSE, "to": "2026-12-31"}]},
}  # fmt: skip
COLUMNS = ("name", "owner", "contacts.name", "next_action", "phones", "path", "created", "region")


def export(records: list[dict[str, Any]], purpose: str = "audit", form: str = "json", **more: Any) -> Export:
    """The masked export of these records."""
    customers = tuple(Customer(Document(f"records/{one['id']}-ouyang-jinse.yaml", "", one)) for one in records)
    team = store_settings.read(TEAM.encode())
    snapshot = Snapshot("worktree", any_customers.SCHEMA, team, stores.TODAY, customers, (), ())
    whole = Export(snapshot, customers, **more)
    return masked(whole, Reach(snapshot, purpose), (), is_calendar=form == "ics")


def texts(path: Path) -> str:
    """All text in a file or folder."""
    if path.is_dir():
        return "\n".join(f"{one.name}\n{texts(one)}" for one in sorted(path.iterdir()))
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as database:
            return "\n".join(database.iterdump())
    return path.read_bytes().decode("utf-8").replace("\r\n ", "")


def written(one: Export, form: str, folder: Path, *, is_folder: bool = False) -> str:
    with writing(folder / "no-store") as files:
        if is_folder:
            folder_writer(form)(one, Folder(files, folder / form))
        else:
            file_writer(form)(one, files.open(folder / f"all.{form}"))
    return texts(folder / form if is_folder else folder / f"all.{form}")


def leaks(text: str) -> list[str]:
    plain = re.sub(r"[\s-]", "", text)
    return [secret for secret in SECRETS if secret in text or secret.replace("-", "") in plain]


WAYS = [(form, False) for form in FORMATS] + [(form, True) for form, one in FORMATS.items() if one.folder]


@pytest.mark.parametrize(("form", "is_folder"), WAYS, ids=[f"{form}{'/' * whole}" for form, whole in WAYS])
@settings(max_examples=15)
@given(records=any_customers.CUSTOMERS, type_=st.sampled_from(["person", "company"]), labels=st.booleans())
def test_no_personal_value_leaves_in_any_format(
    form: str, is_folder: bool, records: list[dict[str, Any]], type_: str, labels: bool
) -> None:
    name = "司徒暮雪" if type_ == "person" else "示例公司"
    whole = [{**one, **SECRET_PARTS, "type": type_, "name": f"{name}{number}"} for number, one in enumerate(records)]
    with TemporaryDirectory() as folder:
        text = written(export(whole, form=form, labels=labels), form, Path(folder), is_folder=is_folder)
    assert leaks(text) == []
    if form != "ics":
        assert ("司*" if type_ == "person" else "示例公司0") in text or "司徒*" in text
    assert "C20240501001" in text


@pytest.mark.parametrize(("form", "is_folder"), WAYS, ids=[f"{form}{'/' * whole}" for form, whole in WAYS])
def test_the_same_values_are_seen_if_they_are_not_masked(tmp_path: Path, form: str, is_folder: bool) -> None:
    record = {"id": "C20240501001", "name": "司徒暮雪", "type": "person", **SECRET_PARTS}
    customers = (Customer(Document("records/C20240501001.yaml", "", record)),)
    team = store_settings.read(TEAM.encode())
    plain = Export(Snapshot("worktree", any_customers.SCHEMA, team, stores.TODAY, customers, (), ()), customers)
    assert {"锦瑟", "Quartermaine", "13855557777"} <= {*leaks(written(plain, form, tmp_path, is_folder=is_folder))}


@pytest.mark.parametrize("form", [form for form, one in FORMATS.items() if one.has_columns])
@pytest.mark.parametrize("labels", [True, False])
def test_chosen_columns_are_masked_too_and_the_id_comes_first(tmp_path: Path, form: str, labels: bool) -> None:
    record = {"id": "C20240501001", "name": "司徒暮雪", "type": "person", **SECRET_PARTS}
    one = export([record], labels=labels, columns=COLUMNS)
    assert one.columns == ("id", *COLUMNS)
    assert export([record], columns=("客户编号", "name")).columns == ("客户编号", "name")
    assert leaks(written(one, form, tmp_path)) == []


def test_masked_records_keep_their_shape_and_show_work_phones_first() -> None:
    record = {
        "id": "C20240501001",
        "name": "司徒暮雪",
        "type": "person",
        **SECRET_PARTS,
        "phones": ["13855557777", "010-62581234"],
    }
    data = next(iter(export([record]).records()))
    assert data["phones"] == ["010-****34", "138****7777"]
    assert data["contacts"][0]["phones"] == ["0512-****02", "138****7777"]
    assert (data["owner"], data["collaborators"], data["interactions"][0]["by"]) == ("李*", ["韩*"], "韩*")
    assert (data["name"], data["addresses"][0]["city"], "birth_date" in data["person"]) == ("司徒*", "苏州市", False)


WHERES = ("", "'欧阳锦瑟' in contacts.name", "'13855557777' in notes", "status == 'active'", "name != '司徒暮雪9'",
          "any(contacts, wechat == 'wx_jinse_88')", "'秘密路' in addresses.street")  # fmt: skip


@settings(max_examples=25)
@given(
    records=any_customers.CUSTOMERS, where=st.sampled_from(WHERES), form=st.sampled_from(sorted(FORMATS)),
    is_masked=st.booleans(), most=st.sampled_from([0, 1_000]),
)  # fmt: skip
def test_no_value_of_a_record_is_in_a_disclosure(
    records: list[dict[str, Any]], where: str, form: str, is_masked: bool, most: int
) -> None:
    whole = [
        {**one, **SECRET_PARTS, "type": "person", "name": f"司徒暮雪{number}"} for number, one in enumerate(records)
    ]
    one = export(whole, form=form, seen=set(), with_sensitive=not is_masked)
    customers = tuple(Customer(Document(f"records/{data['id']}.yaml", "", data)) for data in whole)
    full = replace(one.snapshot, customers=customers)
    shown = one if is_masked else replace(one, snapshot=full, customers=customers, masked=False)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("crmtext.protection.selection.MOST_IDS", most)
        written(shown, form, Path(folder))
        wanted = Wanted(Query(where=where), (), Place(form), labels=False)
        first = Disclosure(stores.TODAY, "x", "outside-export", "bank", "audit")
        store = Store(stores.made(Path(folder) / "store"))
        disclosure = of_export(store, shown, wanted, Side(full, "ab" * 20), first)
    text = disclosure_text(disclosure)
    assert leaks(text) == []
    assert parsed(text.encode(), f"{DISCLOSURES}/2026-11-20-x-0000.yaml")[1] == ()
    ids = tuple(data["id"] for data in whole)
    assert disclosure.customers in (ids, None)


STORE = {
    "001": stores.record("001", "甲公司", "preferences: {do_not_contact: [sms]}\n"),
    "002": stores.record("002", "乙公司", "  - {name: 李四, opted_out: [sms]}\n"),
    "003": stores.record("003", "王小明", 'phones: ["13855557777"]\n', type="person"),
}


@pytest.fixture
def store(repo: Repo) -> Repo:
    repo.commit({"crmtext.toml": TEAM, **{stores.path(number): text for number, text in STORE.items()}})
    return repo


def test_who_must_not_be_contacted_on_the_channel_is_left_out(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    program = stores.Program(capsys, store.path)
    said = program("export", "--outside", "短信群发", "--recipient", "印刷厂", "--format", "json")
    assert [(one["id"][-3:], [c["name"] for c in one["contacts"]]) for one in said.data["customers"]] == [
        ("002", ["张*"]), ("003", ["张*"]),
    ]  # fmt: skip
    [one] = register(Store(store.path)).disclosures
    assert (one.what, one.to, one.purpose) == ("outside-export", "印刷厂", "短信群发")
    assert one.customers == ("C20240501002", "C20240501003")
    assert said.err.splitlines() == [
        "masked: names of persons and colleagues, phones, addresses and other personal data",
        "given to 印刷厂, for: 短信群发",
        f"disclosure: {one.path}",
        f"Committed {store.git('rev-parse', '--short=8', 'HEAD')}: disclose: outside export, 2 customers",
        "1 customer left out who must not be contacted by Text message",
        "1 contact left out who must not be contacted by Text message",
    ]
    for purpose in ("促销活动", "annual audit"):
        said = program("export", "--outside", purpose, "--recipient", "a", "--format", "jsonl")
        assert len(said.out.splitlines()) == 3
        assert said.err.splitlines()[-1] == (
            "the purpose names no channel: those who don't want to be contacted are not left out"
        )


def test_an_export_that_leaves_everyone_out_is_an_error(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    said = stores.Program(capsys, store.path)("export", "甲公司", "--outside", "sms", "--recipient", "a")
    assert (said.code, said.out) == (1, "")
    assert register(Store(store.path)).disclosures == ()


def test_a_contact_that_was_named_is_the_only_card(store: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    said = stores.Program(capsys, store.path)("export", "李四", "--format", "vcf", "--outside", "x", "--recipient", "a")
    assert [line for line in said.out.splitlines() if line[:2] in ("FN", "NO")] == ["NOTE:C20240501002", "FN:李*"]


@pytest.mark.parametrize("form", ["json", "jsonl", "xlsx", "sqlite", "csv/"])
def test_a_masked_file_never_replaces_fuller_values(
    store: Repo, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    program = stores.Program(capsys, store.path)
    target = str(tmp_path / "out") + "/" if form == "csv/" else str(tmp_path / f"out.{form}")
    assert program("export", "--outside", "x", "--recipient", "a", "-o", target).code == 0
    program("import", target)
    assert len(list((store.path / "records").iterdir())) == len(STORE)
    assert {number: (store.path / stores.path(number)).read_text("utf-8") for number in STORE} == STORE


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--outside", "x"), "--outside PURPOSE needs --recipient WHO"),
        (("--outside", " ", "--recipient", "a"), "--outside PURPOSE needs --recipient WHO"),
        (("--outside", "x", "--recipient", "a", "--purpose", "y"), "leave out --purpose"),
        (("--outside", "x", "--recipient", "a", "--with-sensitive"), "leave out --with-sensitive"),
        (("--outside", "x", "--recipient", "a", "--to", "hubspot"), "--outside can't be used with --to"),
        (("--outside", "x", "--recipient", "a", "--for-editing"), "--for-editing can't be combined"),
        (("--basis", "x"), "--recipient, --purpose and --basis are for --outside and --with-sensitive"),
        (("--outside", "x", "--recipient", "a", "--columns", "person.birth_date"), "is a sensitive field"),
    ],
)
def test_options_that_contradict_each_other(
    store: Repo, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], message: str
) -> None:
    said = stores.Program(capsys, store.path)("export", *more)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
