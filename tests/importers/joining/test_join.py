"""Rows of all sheets become customers."""

from __future__ import annotations

from import_files import CONTEXT, Files, with_id

from crmtext.importers.findings import Findings
from crmtext.importers.joining.fates import fates


def test_contacts_and_deals_come_to_their_company() -> None:
    files = Files(profile="hubspot", defaults={"owner": "lilei"})
    files.add(
        "customers",
        {
            "id": "8001",
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
            "id": "11",
            "of": [("id", "8001")],
            "@first_name": "敏",
            "@last_name": "赵",
            "contacts.phones": ["13800000001"],
        },
        {"id": "12", "contacts.name": "Ann Lee", "contacts.emails": ["ann@example.com"], "status": "lead"},
    )
    files.add(
        "opportunities",
        {
            "id": "71",
            "of": [("id", "8001;8002")],
            "opportunities.title": "天平",
            "opportunities.stage": "won",
            "opportunities.amount": 500,
            "opportunities.expected_close": "2026-03-31",
        },
    )
    files.add(
        "interactions",
        {
            "id": "9",
            "of": [("id", "11")],
            "@text": "谈了价格\n下周再谈",
            "interactions.date": "2026-03-01",
            "_columns": {"@text": "Note body"},
        },
    )
    files.add(
        "tasks",
        {"of": [("id", "11")], "interactions.summary": "寄样品", "@due": "2026-12-01", "@created": "2026-03-02"},
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
        "external_ids": {"acme": "contact 12"},
    }
    joined = ["1 contact joined to its company by id", "1 contact without a company is a customer"]
    taken = (
        "opportunities.csv row 2: 'Amount' has no currency and is taken as CNY; "
        "to change it: --default opportunities.currency=CODE"
    )
    assert findings == Findings(notes=[*joined, taken])
    assert fates(files.understanding(), customers, findings).counts == (6, 6, 0, 0, 0)
