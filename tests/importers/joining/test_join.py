"""Rows of all sheets become customers."""

from __future__ import annotations

import pytest
from import_files import CONTEXT, Files, with_id

from crmtext.importers.findings import Findings
from crmtext.importers.joining.row_fates import fates


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


@pytest.mark.parametrize("kind", ["contacts", "customers"])
def test_people_of_one_name_are_one_customer_only_with_the_same_number(kind: str) -> None:
    """Of thousands with one name, only those with the same number are compared."""
    files = Files(defaults={"owner": "lilei", "status": "lead"})
    numbers = [f"138000000{number}" for number in range(10, 40)]
    again = ["13800000015", "13800000012"]
    of_person = {"contacts.name": "Unknown"} if kind == "contacts" else {"name": "Unknown", "type": "person"}
    field = "contacts.phones" if kind == "contacts" else "phones"
    # Two customers fit the last one: the first of them counts.
    both = ["13800000020", "13800000011"]
    files.add(kind, *({**of_person, field: phones} for phones in [*([one] for one in [*numbers, *again]), both]))
    customers, _findings = files.join()
    assert [customer.data["phones"] for customer in customers] == [
        [number, *(["13800000020"] if number == "13800000011" else [])] for number in numbers
    ]
    assert {customer.data["phones"][0][-2:]: len(customer.rows) for customer in customers if customer.rows[1:]} == {
        "11": 2, "12": 2, "15": 2,
    }  # fmt: skip
