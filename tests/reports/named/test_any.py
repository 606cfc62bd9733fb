"""Named reports of any customers that the schema allows."""

from __future__ import annotations

from typing import Any

from any_customers import CUSTOMERS
from hypothesis import given, settings
from named_reports import context, store

from crmtext.figures.tables import FigureTable
from crmtext.figures.tables_text import as_markdown
from crmtext.figures.tables_values import list_document, sheet, table_document
from crmtext.reports.named import NAMED, make


@given(CUSTOMERS)
@settings(max_examples=12, deadline=None)
def test_each_report_is_made_of_any_customers(records: list[dict[str, Any]]) -> None:
    snapshot = store(records=records)
    assert len(snapshot.customers) == len(records)
    for name in NAMED:
        for part in make(name, context(snapshot)).parts:
            assert as_markdown(part).count("\n") >= 2
            assert all(len(cells) == len(sheet(part).parts) for cells in sheet(part).cells())
            if isinstance(part, FigureTable):
                assert {*table_document(part)} >= {"rows", "total"}
            else:
                assert all({"id", "name"} <= {*item} for item in list_document(part))
