"""Rows of all sheets become customers."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from crmtext.importers.findings import Findings, RowRef
from crmtext.importers.incoming import Incoming, RowData
from crmtext.importers.joining.fates import fates
from crmtext.importers.joining.join import join
from crmtext.importers.mapping import Table, Understanding
from crmtext.importers.sheet import Row, Sheet
from crmtext.schema import Schema
from crmtext.settings import Settings
from crmtext.settings.fields import Member

TEAM = {handle: Member(handle, name) for handle, name in (("lilei", "李雷"), ("hanmei", "韩梅"))}
CONTEXT = SimpleNamespace(schema=Schema.shipped(), settings=Settings(team=TEAM), today=date(2026, 11, 20))
DEFAULTS = {"owner": "lilei", "status": "lead", "type": "company"}


def with_id(item: dict[str, Any], id_: str, name: str = "contacts") -> dict[str, Any]:
    """An entry with its id in the source, where the schema has a place for it."""
    return item | ({"external_ids": {"acme": id_}} if f"{name}[].external_ids" in CONTEXT.schema.by_path else {})


class Files:
    """Rows of files as the steps before give them."""

    def __init__(self, **more: Any) -> None:
        self.rows: list[RowData] = []
        self.names: list[tuple[str, str]] = []
        self.more = {"source": "acme", "profile": None, "defaults": DEFAULTS, **more}

    def add(self, object_: str, *rows: dict[str, Any], name: str = "") -> Files:
        file = len(self.names)
        self.names.append((name or f"{object_}.csv", object_))
        for number, values in enumerate(rows, start=2):
            given = dict(values)
            id_, of = given.pop("_id", ""), tuple(given.pop("_of", ()))
            columns = given.pop("_columns", {})
            self.rows.append(RowData(RowRef(file, number), object_, given, id_, of, columns))
        return self

    def understanding(self) -> Understanding:
        tables = []
        for file, (name, object_) in enumerate(self.names):
            numbers = tuple(Row(row.at.row, ()) for row in self.rows if row.at.file == file)
            sheet = Sheet(name, "", "csv", numbers, digest=name)
            tables.append(Table(file, sheet, object_, 1, (), numbers))
        return Understanding(tables=tuple(tables), **self.more)

    def join(self) -> tuple[list[Incoming], Findings]:
        findings = Findings()
        return join(self.rows, self.understanding(), CONTEXT, findings), findings


def test_contacts_and_deals_come_to_their_company() -> None:
    files = Files(profile="hubspot", defaults={"owner": "lilei"})
    files.add(
        "customers",
        {
            "_id": "8001",
            "name": "北溪仪器有限公司",
            "status": "prospect",
            "@created": "2026-01-05",
            "addresses[office].city": "无锡市",
            "addresses[office].country": "China",
        },
    )
    files.add(
        "contacts",
        {
            "_id": "11",
            "_of": [("id", "8001")],
            "@first_name": "敏",
            "@last_name": "赵",
            "contacts.phones": ["13800000001"],
        },
        {"_id": "12", "contacts.name": "Ann Lee", "contacts.emails": ["ann@example.com"], "status": "lead"},
    )
    files.add(
        "opportunities",
        {
            "_id": "71",
            "_of": [("id", "8001;8002")],
            "opportunities.title": "天平",
            "opportunities.stage": "won",
            "opportunities.amount": 500,
            "opportunities.expected_close": "2026-03-31",
        },
    )
    files.add(
        "interactions",
        {
            "_id": "9",
            "_of": [("id", "11")],
            "@text": "谈了价格\n下周再谈",
            "interactions.date": "2026-03-01",
            "_columns": {"@text": "Note body"},
        },
    )
    files.add(
        "tasks",
        {"_of": [("id", "11")], "interactions.summary": "寄样品", "@due": "2026-12-01", "@created": "2026-03-02"},
    )
    customers, findings = files.join()
    company, person = customers
    assert company.data == {
        "name": "北溪仪器有限公司",
        "type": "company",
        "status": "prospect",
        "owner": "lilei",
        "sources": [{"channel": "other", "date": "2026-01-05", "detail": "acme"}],
        "addresses": [{"kind": "office", "country": "CN", "city": "无锡市"}],
        "contacts": [with_id({"name": "赵敏", "phones": ["13800000001"]}, "11")],
        "interactions": [
            with_id(
                {
                    "date": "2026-03-01",
                    "by": "lilei",
                    "channel": "note",
                    "summary": "谈了价格",
                    "details": "下周再谈",
                    "contact": "赵敏",
                    "next": {"action": "寄样品", "due": "2026-12-01"},
                },
                "9",
                "interactions",
            )
        ],
        "opportunities": [
            with_id({"title": "天平", "stage": "won", "amount": 500, "closed": "2026-03-31"}, "71", "opportunities")
        ],
        "external_ids": {"acme": "8001"},
    }
    assert list(company.data) == [field.key for field in CONTEXT.schema.fields if field.key in company.data]
    assert (company.source_id, company.created) == ("8001", "2026-01-05")
    assert person.data == {
        "name": "Ann Lee",
        "type": "person",
        "status": "lead",
        "owner": "lilei",
        "emails": ["ann@example.com"],
        "external_ids": {"acme": "12"},
    }
    assert findings == Findings()
    assert fates(files.understanding(), customers, findings).counts == (6, 6, 0, 0, 0)
