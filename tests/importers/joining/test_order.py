"""Ids and customers don't depend on the order of rows and files."""

from __future__ import annotations

import random

import pytest
from import_files import Files

from crmtext.importers.findings import Findings
from crmtext.importers.joining.ids import derived_id, derived_ids
from crmtext.importers.joining.join import join
from crmtext.importers.joining.row_fates import fates

ROWS = [{"name": f"Mill {number % 7} Ltd", "contacts.name": f"Ann {number}"} for number in range(20)]
DEALS = [
    {
        "of": [["name", f"mill {n % 9} ltd"]],
        "opportunities.title": f"T{n}",
        "opportunities.stage": "won",
        "@closed": "2026-01-05",
    }
    for n in range(20)
]


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_rows_give_the_same_customers_and_ids(seed: int) -> None:
    files = Files().add("customers", *ROWS).add("opportunities", *DEALS)
    expected, _findings = files.join()
    rows, findings = list(files.rows), Findings()
    random.Random(seed).shuffle(rows)
    customers = join(rows, files.understanding(), files.context, findings)
    assert customers == expected
    assert derived_ids("acme", customers, ()) == derived_ids("acme", expected, ())
    backwards = derived_ids("acme", customers[::-1], ())
    assert backwards[::-1] == derived_ids("acme", customers, ())
    assert fates(files.understanding(), customers, findings).counts == (40, 40, 0, 0, 0)


def test_a_taken_id_gives_the_next_letters() -> None:
    first = derived_id("acme", "id:1", "2026-01-05", ())
    second = derived_id("acme", "id:1", "2026-01-05", {first})
    assert first[:9] == second[:9] == "C20260105"
    assert (len(first), len(second), first == second) == (15, 15, False)
    assert derived_id("acme", "id:1", "", ()) == "C00000000" + first[9:]
