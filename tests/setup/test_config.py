"""The settings shown: values, where they come from, near misses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import stores

from crmtext.answer import Text
from crmtext.problem import CrmError
from crmtext.settings import settings_fields
from crmtext.setup import config
from crmtext.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from repos import Repo

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
    answer = config.config(store, name)
    assert isinstance(answer, Text)
    return answer.text.rstrip("\n"), answer.note.partition(": ")[0]


def test_every_setting_is_shown_with_its_value_and_where_it_comes_from(store: Store) -> None:
    answer = config.config(store)
    assert isinstance(answer, Text)
    assert [setting["name"] for setting in answer.document["settings"]] == [
        field.metadata["name"] for field in settings_fields()
    ]
    blocks = re.split(r"\n(?=\S)", answer.text.rstrip())
    assert [block for block in blocks if "(default)" not in block] == [
        "store.currency: EUR (crmtext.toml:2)\n    the currency of amounts without one (ISO 4217)",
        (
            "team.lilei: name = 李雷, email = lilei@example.com, li@example.com, active\n    = true (crmtext.toml:4)\n"
            "    the team: one table per handle, with name, email, role, active; pool =\n"
            "        true for a pool of customers; signing: the public keys that sign\n        commits"
        ),
        'team."han.mei": name = 韩梅, active = true (crmtext.toml:8)',
        (
            "followup.stale_days.high: 7 (crmtext.toml:12)\n"
            "    used if there are no follow-up rules: days without contact after which\n"
            "        a customer is stale, by the customer's value"
        ),
        "followup.stale_days.medium: 30 (crmtext.toml:12)",
        "followup.stale_days.low: 60 (crmtext.toml:12)",
        "followup.stale_days.default: 30 (crmtext.toml:12)",
        "views.stale-vip: 'vip' in tags (crmtext.toml:15)\n    saved expressions, used as list @NAME",
    ]
    assert "check.lock_seconds: 10 (default)\n    seconds to wait for another crmtext that is writing" in blocks
    assert "store.language: not set (default)" in answer.text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("store.currency", ("EUR", "crmtext.toml:2")),
        ("currency", ("EUR", "crmtext.toml:2")),
        ("store.commit", ("auto", "default")),
        ("access", ("", "default")),
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


def test_rules_are_shown_by_name_with_their_line(store: Store) -> None:
    rules = (
        '\n[[classification.rules]]\nname = "大客户"\nwhere = "frequency > 3"\n'
        'set = { value = "high", priority = "key" }\ntags = ["a", "b"]\n\n'
        '[[followup.rules]]\nname = "all"\nevery_days = 30\n'
    )
    (store.root / "crmtext.toml").write_text(TOML + rules, "utf-8")
    now = Store.find(store.root)
    assert value(now, "classification.rules") == (
        "大客户: where = frequency > 3, set = { value = high, priority = key }, tags = a, b",
        "crmtext.toml:17",
    )
    assert value(now, "classification.rules.大客户") == (
        "where: frequency > 3\nset: value = high, priority = key\ntags: a, b",
        "crmtext.toml:17",
    )
    assert value(now, "followup.rules")[0] == "all: every_days = 30"


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
        config.config(store, name)
    assert (caught.value.problem.rule, caught.value.problem.hint) == ("unknown-setting", hint)


#: What is wrong in a file; the rows that are marked: name, value, where from, and what is wrong.
WRONG: dict[str, tuple[str, list[tuple[str, str, str, str]]]] = {
    "a wrong value": (
        '[store]\nname = "a"\ncommit = "often"\n',
        [("store.commit", "often", "crmtext.toml:3", "error: unknown value 'often' for commit")],
    ),
    "a value without quotes": (
        '[store]\ncurrency = CNY\nname = "a"\n',
        [("store.currency", "CNY", "crmtext.toml:2", "error: the settings are not valid TOML: Invalid value")],
    ),
    "one of several values": (
        '[store]\nname = "a"\n[followup]\nstale_days = { high = "x" }\n',
        [("followup.stale_days.high", "x", "crmtext.toml:4", "error: high must be a whole number, not 'x'")],
    ),
    "a colleague's, twice": (
        '[store]\nname = "a"\n[team.lilei]\nname = "李雷"\nemail = 5\nrolle = "sales"\n',
        [("team.lilei", "name = 李雷, active = true", "crmtext.toml:3",
          "error: email must be text, not 5; unknown setting 'team.lilei.rolle'")],
    ),
    "a number that git must not keep": (
        '[store]\nname = "a" # 11010519491231002X\n',
        [("crmtext.toml:2:14", "", "crmtext.toml:2", "error: resident ID number in plain text")],
    ),
    "no setting": (
        '[store]\nname = "a"\nnane = 2026-01-01\n',
        [("store.nane", "2026-01-01", "crmtext.toml:3", "error: unknown setting 'store.nane'")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "marked"), WRONG.values(), ids=list(WRONG))
def test_a_wrong_setting_is_marked_among_the_others(
    tmp_path: Path, text: str, marked: list[tuple[str, str, str, str]]
) -> None:
    answer = config.config(Store(stores.made(tmp_path, team=text)))
    assert isinstance(answer, Text)
    for name, value, origin, wrong in marked:
        assert f"\n{name}: {value or 'not set'} ({origin})\n    {wrong}\n" in f"\n{answer.text}".replace(
            "\n        ", " "
        )
    assert answer.text.startswith("store.name: a (crmtext.toml:")
    assert answer.text.count("\n    error: ") == len(marked)
    assert [setting["problem"] for setting in answer.document["settings"] if "problem" in setting] == [
        row[3].removeprefix("error: ") for row in marked
    ]


@pytest.mark.parametrize(
    "command", [("config",), ("config", "store.name"), ("schema", "diff"), ("explain", "settings"), ("hooks", "status")]
)
def test_what_needs_no_settings_works_in_spite_of_wrong_ones(
    repo: Repo, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    result = stores.Program(capsys, stores.made(repo.path, team='[store]\nname = "a"\ncommit = "often"\n'))(*command)
    assert result.out or command == ("schema", "diff")
    warns = command[0] in ("config", "schema")
    assert ("crmtext.toml:3:1: error: unknown value 'often' for commit [settings]" in result.err) == warns
    assert result.code == (3 if warns else 1 if command[0] == "hooks" else 0)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (("store.currency", "CNY"), 'it is in crmtext.toml:2; set it there: currency = "CNY"'),
        (("commit=auto",), 'add to [store] in crmtext.toml: commit = "auto"'),
        (("store.name", "=", "示例", "客户库"), 'add to [store] in crmtext.toml: name = "示例 客户库"'),
        (("check.lock_seconds", "20"), "add to [check] in crmtext.toml: lock_seconds = 20"),
        (
            ("check.ignore", "next-step, lifecycle"),
            'add to [check] in crmtext.toml: ignore = ["next-step", "lifecycle"]',
        ),
        (("store.curency", "x"), "did you mean 'store.currency'?"),
    ],
)
def test_a_value_that_was_typed_is_shown_as_the_line_to_write(
    store: Store, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], hint: str
) -> None:
    result = stores.Program(capsys, store.root)("config", *typed)
    assert (result.code, result.out, result.err.splitlines()[1:]) == (2, "", [f"  = {hint}"])


def test_a_value_that_the_setting_cannot_have_is_rejected(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    result = stores.Program(capsys, store.root)("config", "store.commit", "maybe")
    error = ["error: unknown value 'maybe' for commit [settings]", "  = one of: auto, never"]
    assert (result.code, result.out, result.err.splitlines()) == (2, "", error)


def test_the_line_that_is_shown_can_be_written_as_it_stands(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    result = stores.Program(capsys, store.root)("config", "store.commit", "auto")
    place, _colon, line = result.err.rstrip("\n").partition("add to ")[2].partition(": ")
    table = place.partition(" in ")[0]
    file = store.root / "crmtext.toml"
    file.write_text(file.read_text("utf-8").replace(f"{table}\n", f"{table}\n{line}\n"), "utf-8")
    assert value(Store(store.root), "store.commit") == ("auto", "crmtext.toml:2")
