"""The settings shown: values, where they come from, near misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stores

from crmtext import configuring
from crmtext.answer import Table, Text
from crmtext.problem import CrmError
from crmtext.settings import settings_fields
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

TOML = """\
[store]
currency = "EUR"

[team.lilei]
name = "李雷"
email = ["lilei@example.com", "li@example.com"]

[team."han.mei"]
name = "韩梅"

[followup]
stale_days = { high = 7, low = 60 }

[views]
stale-vip = "'vip' in tags"
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(stores.made(tmp_path, team=TOML))


def value(store: Store, name: str) -> tuple[str, str]:
    answer = configuring.config(store, name)
    assert isinstance(answer, Text)
    return answer.text.rstrip("\n"), answer.note.partition(": ")[0]


def test_every_setting_has_its_rows_and_says_where_it_comes_from(store: Store) -> None:
    answer = configuring.config(store)
    assert isinstance(answer, Table)
    rows = {row[0]: row[1:3] for row in answer.rows}
    assert {each.metadata["name"] for each in settings_fields()} <= {
        setting["name"] for setting in answer.document["settings"]
    }
    assert {name: rows[name] for name in rows if rows[name][1] != "default"} == {
        "store.currency": ("EUR", "crmtext.toml:2"),
        "team.lilei": ("name = 李雷, email = lilei@example.com, li@example.com, active = true", "crmtext.toml:4"),
        'team."han.mei"': ("name = 韩梅, active = true", "crmtext.toml:8"),
        "followup.stale_days.high": ("7", "crmtext.toml:12"),
        "followup.stale_days.medium": ("30", "crmtext.toml:12"),
        "followup.stale_days.low": ("60", "crmtext.toml:12"),
        "followup.stale_days.default": ("30", "crmtext.toml:12"),
        "views.stale-vip": ("'vip' in tags", "crmtext.toml:15"),
    }
    assert rows["check.lock_seconds"] == ("10", "default")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("store.currency", ("EUR", "crmtext.toml:2")),
        ("currency", ("EUR", "crmtext.toml:2")),
        ("store.commit", ("never", "default")),
        ("followup.stale_days.high", ("7", "crmtext.toml:12")),
        ('team."han.mei"', ("name = 韩梅, active = true", "crmtext.toml:8")),
        ("team.han.mei", ("name = 韩梅, active = true", "crmtext.toml:8")),
        ("ignore", ("", "default")),
        (
            "team",
            (
                (
                    "lilei: name = 李雷, email = lilei@example.com, li@example.com, active = true\n"
                    "han.mei: name = 韩梅, active = true"
                ),
                "crmtext.toml:4",
            ),
        ),
    ],
)
def test_one_setting_is_its_value_alone(store: Store, name: str, expected: tuple[str, str]) -> None:
    assert value(store, name) == expected


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("curency", "did you mean 'currency'?"),
        ("store.curency", "did you mean 'store.currency'?"),
        ("team.lili", "did you mean 'team.lilei'?"),
        ("zzz", "all settings: crmtext config"),
    ],
)
def test_a_mistyped_setting_is_met_with_the_nearest(store: Store, name: str, hint: str) -> None:
    with pytest.raises(CrmError) as caught:
        configuring.config(store, name)
    assert (caught.value.problem.rule, caught.value.problem.hint) == ("unknown-setting", hint)
