"""`list --format csv`: the cells of exports, under the names of columns."""

from __future__ import annotations

import csv
import io

import stores

from crmtext.answer import Column, Table
from crmtext.exporters.delimited import comma_separated
from crmtext.figures.rules import NAMES
from crmtext.query import listing
from crmtext.query.listing import Query


def test_csv_can_be_read_back_and_runs_no_formula() -> None:
    evil = ["=1+1", "+86 138", "-2", "@SUM(A1)", "  =1+1", 'a, \\"b\\"', "普通", "＝1+1"]
    snapshot = stores.snapshot(*(stores.record(f"{n:03}", f'"{name}"') for n, name in enumerate(evil)))
    text = comma_separated(listing.table(snapshot, Query(columns=("id", "name")), NAMES)).text
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert text.endswith("\r\n")
    assert rows == [
        ["id", "name"],
        ["C20240501000", "'=1+1"],
        ["C20240501001", "'+86 138"],
        ["C20240501002", "'-2"],
        ["C20240501003", "'@SUM(A1)"],
        ["C20240501004", "'=1+1"],
        ["C20240501005", 'a, "b"'],
        ["C20240501006", "普通"],
        ["C20240501007", "'＝1+1"],
    ]


def test_csv_has_refunds_as_numbers_and_a_quote_more_before_quotes_and_signs() -> None:
    deal = "opportunities: [{title: 一期, stage: proposal, amount: 1200.5}]\ncustom: {a: -5}\n"
    quoted = stores.record("002", "\"'甲'\"", "custom: {a: -x}\n")
    snapshot = stores.snapshot(stores.record("001", '"\'=x"', deal), quoted)
    wanted = Query(columns=("name", "open_value", "transaction_count", "custom.a"))
    text = comma_separated(listing.table(snapshot, wanted, NAMES)).text
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [
        ["''=x", "¥1,200.50", "0", "'-5"],
        ["'甲'", "", "0", "'-x"],
    ]
    _heads, *cells = comma_separated(
        Table((Column("a", "A", right=True),), (("-5",), ("-5.25",), ("-5+x",), ("５",)))
    ).text.splitlines()
    assert cells == ["-5", "-5.25", "'-5+x", "５"]
