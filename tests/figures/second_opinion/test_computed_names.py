"""Every computed name of a customer, against SQL over the same records."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import made_stores
import pytest
import stores
from asked_by_sql import SQL, Opinion, answer, first_commits, rounded, sums
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILES = sorted(path.relative_to(SQL).as_posix() for path in (SQL / "computed").iterdir())


def computed(listed: str) -> dict[str, Mapping[str, Any]]:
    """The computed names of each customer, as printed."""
    return {one["id"]: one["computed"] for one in answer(listed)["customers"]}


def printed(value: Any) -> Any:
    """What SQL says, as JSON shows it."""
    if isinstance(value, date):
        return str(value)
    if isinstance(value, dict):
        return sums(value)
    return (
        Decimal(str(rounded(value, 1, 4))) if isinstance(value, int | float) and not isinstance(value, bool) else value
    )


def different(listed: str, opinion: Opinion) -> list[tuple[str, str, Any, Any]]:
    """Each name with another value: customer, name, ours, that of SQL."""
    ours, found = computed(listed), []
    for file in FILES:
        for row in opinion.rows(file):
            id_ = row.pop("id")
            for name, value in row.items():
                own = ours[id_][name]
                if value is None and own in ({}, []):
                    continue
                if own != printed(value):
                    found.append((id_, name, own, printed(value)))
    return found


def asked(folder: Path, capsys: pytest.CaptureFixture[str], today: date, created: Mapping[str, date]) -> list[Any]:
    listed = stores.Program(capsys, folder)("list", "--format", "json", "--as-of", str(today)).out
    settings = (folder / "crmtext.toml").read_text("utf-8")
    return different(listed, Opinion(listed, settings, today, created))


def test_the_sample(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stores.sample(tmp_path_factory, tmp_path / "sample")
    created = first_commits(folder)
    for today in (date(2025, 2, 28), date(2026, 11, 20), date(2027, 6, 1)):
        assert asked(folder, capsys, today, created) == []


@pytest.mark.parametrize(("number", "rules"), [(0, False), (1, True), (2, False), (7, True), (40, False), (41, True)])
def test_a_made_store(number: int, rules: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    maker = made_stores.Maker(Random(number))
    settings = made_stores.SETTINGS + made_stores.RULES * rules
    folder = made_stores.write(tmp_path, [maker.customer(n) for n in range(number)], settings)
    assert asked(folder, capsys, made_stores.TODAY, {}) == []


@pytest.mark.parametrize(("number", "rfm"), [(24, 0), (25, 0), (25, 1), (25, 2)])
def test_rfm(number: int, rfm: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Each of them buys, so that there are as many members.
    maker = made_stores.Maker(Random(number + rfm))
    customers = [maker.customer(n) for n in range(number)]
    for one in customers:
        one.setdefault("transactions", []).append({"date": str(made_stores.TODAY), "amount": 5, "currency": "CNY"})
    folder = made_stores.write(tmp_path, customers, made_stores.SETTINGS + made_stores.RFM[rfm])
    assert asked(folder, capsys, made_stores.TODAY, {}) == []


@pytest.mark.long
@given(seed=st.integers(0, 2**32), number=st.integers(1, 8), rules=st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_store(
    seed: int,
    number: int,
    rules: bool,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    maker = made_stores.Maker(Random(seed))
    more = made_stores.RULES * rules
    folder = tmp_path_factory.mktemp("store")
    made_stores.write(folder, [maker.customer(n) for n in range(number)], made_stores.SETTINGS + more)
    assert asked(folder, capsys, made_stores.TODAY, {}) == []
