"""Reviews of a team made by hand."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from crmtext import settings
from crmtext.figures import review, usage
from crmtext.figures.rules import NAMES
from crmtext.figures.stages import Deal, Entry, Moves
from crmtext.i18n import speaking
from crmtext.query import listing
from crmtext.schema import Schema
from crmtext.snapshot import Snapshot, build

HERE = Path(__file__).parent
TEAM = yaml.safe_load((HERE / "review-team.yaml").read_text("utf-8"))


def team(*ids: str) -> Snapshot:
    """The team's customers, or those with these ids."""
    records = [record for record in TEAM["records"] if not ids or record["id"] in ids]
    files = [(f"records/{one['id']}.yaml", yaml.safe_dump(one, allow_unicode=True).encode()) for one in records]
    return build(
        files,
        read="worktree",
        schema=Schema.shipped(),
        settings=settings.read(TEAM["settings"].encode()),
        today=date(2026, 11, 20),
    )


def listed(done: review.Review) -> dict[str, list[Any]]:
    """The ids of the lines by list; what has no id by its owner."""
    lists = review.text(done).document["lists"]
    return {
        name: [line.get("id") or line.get("owner") or line.get("tag") for line in lines]
        for name, lines in lists.items()
    }


def test_all_records_of_the_team_are_valid() -> None:
    assert team().problems == ()


def test_the_lists_of_a_week_and_a_month() -> None:
    weekly = TEAM["expected"]["weekly"]
    assert listed(review.review(team(), "weekly")) == weekly
    assert listed(review.review(team(), "monthly")) == {**weekly, **TEAM["expected"]["monthly"]}


def test_one_colleague_sees_their_own_customers() -> None:
    lists = listed(review.review(team(), "weekly", "hanmei"))
    assert {name: ids for name, ids in lists.items() if ids} == {
        "high-intent": ["C20260107AAA7"],
        "stale": ["C20260104AAA4", "C20260105AAA5"],
        "to-pool": ["C20260104AAA4"],
    }


def test_idle_deals_are_listed_if_the_commits_are_known() -> None:
    def deal(title: str, customer: str, changed: date) -> Deal:
        return Deal(customer, {"title": title}, (Entry("proposal", None),), changed)

    since = date(2026, 1, 1)
    moves = Moves(since, (deal("新产线监测", "C20260101AAA1", since), deal("试点", "C20260102AAA2", since)))
    done = review.review(team(), "weekly", moves=lambda: moves)
    # Of these two, one had a contact yesterday.
    assert review.text(done).document["lists"]["idle-deals"] == [
        {
            "id": "C20260102AAA2",
            "name": "华东精密仪器有限责任公司",
            "owner": "lilei",
            "title": "试点",
            "stage": "proposal",
            "last": date(2026, 10, 1),
            "days": 50,
        }
    ]
    with speaking("zh"):
        text = review.text(review.review(team(), "weekly", moves=lambda: moves)).text
    assert "- [ ] **华东精密仪器有限责任公司** 试点 · 方案报价 · 50 天没有联系也没有变化<br>`crmtext log" in text
    assert review.text(review.review(team(), "weekly", "hanmei", lambda: moves)).document["lists"]["idle-deals"] == []
    assert [listing.name for listing, _lines in done.lists].index("idle-deals") == 5


@pytest.mark.parametrize(
    ("preferences", "channel"),
    [
        ({}, "phone"),
        ({"channel": "email", "do_not_contact": ["email"]}, "phone"),
        ({"channel": "phone", "do_not_contact": ["phone"]}, "sms"),
        ({"do_not_contact": ["phone", "sms", "email", "wechat", "visit"]}, "note"),
    ],
)
def test_nobody_is_asked_to_use_a_channel_that_the_customer_rejects(preferences: Any, channel: str) -> None:
    snapshot = team("C20260104AAA4")
    snapshot.customers[0].data["preferences"] = preferences
    assert f"`crmtext log C20260104AAA4 {channel} " in review.text(review.review(snapshot, "weekly")).text


def test_the_command_for_all_lines_is_of_the_same_day() -> None:
    text = review.text(review.review(team(), "quarterly", "hanmei"), " --as-of friday").text
    assert " more: `crmtext review --quarterly --owner hanmei --format json --as-of friday`\n" in text


def test_without_customers_there_is_nothing_to_do() -> None:
    kinds = ("weekly", "monthly", "quarterly")
    assert [name for kind in kinds for name, ids in listed(review.review(team("none"), kind)).items() if ids] == []


def test_the_command_of_a_fill_rate_lists_those_without_the_field() -> None:
    snapshot = team()
    for fill in usage.fill_rates(snapshot.customers, snapshot.schema):
        rows = listing.rows(snapshot, listing.Query(where=fill.missing), NAMES)
        assert len(rows) == fill.of - fill.filled, fill.missing


def tagged(*tags: str) -> Snapshot:
    """One customer with these tags."""
    record = {**TEAM["records"][0], "tags": [*tags]}
    file = ("records/C20260101AAA1.yaml", yaml.safe_dump(record, allow_unicode=True).encode())
    own = settings.read(TEAM["settings"].encode())
    return build([file], read="worktree", schema=Schema.shipped(), settings=own, today=date(2026, 11, 20))


def test_commands_for_tags_can_be_typed_as_printed() -> None:
    snapshot = tagged("it's", "its", "a,b", "ab，c", "x\\y", "$HOME")
    lists = {listing.name: lines for listing, lines in review.review(snapshot, "quarterly").lists}
    once = [shlex.split(line.command)[-1] for line in lists["tags-once"]]
    assert once == ["tags-=$HOME", 'tags-=["a,b"]', 'tags-=["ab，c"]', "tags-=it's", "tags-=its", "tags-=x\\y"]
    similar = [shlex.split(line.command)[3:] for line in lists["similar-tags"]]
    assert similar == [
        ["'a,b' in tags", 'tags-=["a,b"]', 'tags+=["ab，c"]'],
        ["'it\\'s' in tags", "tags-=it's", "tags+=its"],
    ]
    for where, *_changes in similar:
        assert len(listing.rows(snapshot, listing.Query(where=where), NAMES)) == 1


def test_similar_tags_are_found_among_many() -> None:
    # Each is compared with the few that share a form with it; numbered ones are no mistakes.
    numbered = [f"batch {number:05}" for number in range(5_000)]
    assert usage.similar_tags(tagged("冷链", "冷鏈", "warehouse", "warehuose", *numbered).customers) == (
        ("warehouse", "warehuose"),
        ("冷鏈", "冷链"),
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["monthly", "quarterly"])
def test_a_checklist(kind: str, language: str, golden_update: bool) -> None:
    with speaking(language):
        text = review.text(review.review(team(), kind)).text
    file = HERE / "golden" / f"review-{kind}.{language}.md"
    if golden_update:
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")
