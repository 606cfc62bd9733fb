"""The team's schema beside the one that ships with the program, and what became of that since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmtext import layout
from crmtext.answer import Change as Done
from crmtext.answer import Column, Table
from crmtext.disk import files
from crmtext.disk.unified_diff import unified_diff
from crmtext.i18n import _, plural
from crmtext.layout import SCHEMA
from crmtext.problem import cannot
from crmtext.schema import load
from crmtext.schema.changes import ABSENT, Change, Merge, changes, merge
from crmtext.schema.edit import splice

if TYPE_CHECKING:
    from crmtext.store import Store

_WIDTH = 60


@dataclass(frozen=True)
class Versions:
    """Three schemas as text: the one that the team began with, the team's, and the one that ships today."""

    base: str
    ours: str
    shipped: str

    @property
    def team(self) -> tuple[Change, ...]:
        """What the team has changed."""
        return tuple(changes(json.loads(self.base), json.loads(self.ours)))

    @property
    def news(self) -> Merge:
        """What the team's schema has to take over."""
        return merge(json.loads(self.base), json.loads(self.ours), json.loads(self.shipped))


def versions(store: Store) -> Versions | None:
    """The three schemas of a store; None where it has no schema of its own, and follows the shipped one."""
    raw = files.read(store.root / SCHEMA, within=store.root)
    if raw is None:
        return None
    ours = load.read(raw, SCHEMA)
    shipped = json.loads(load.shipped())
    if ours["x-version"] > shipped["x-version"]:
        message = _("the schema has version {theirs}; this crmtext ships version {ours}")
        raise cannot(
            "schema-newer",
            message.format(theirs=ours["x-version"], ours=shipped["x-version"]),
            _("upgrade crmtext: pipx upgrade crmtext"),
        )
    return Versions(_of_version(ours["x-version"]), raw.decode("utf-8"), load.shipped().decode("utf-8"))


def _of_version(number: int) -> str:
    """The schema that shipped under a version: today's, or one from the history."""
    if number == json.loads(load.shipped())["x-version"]:
        return load.shipped().decode("utf-8")
    return layout.shipped(f"{layout.SCHEMA_FOLDER}/history/{number}.json").read_text("utf-8")


def diff(store: Store) -> Table:
    """What the team has changed, and what the shipped schema has that the team's has not yet."""
    found = versions(store)
    if found is None:
        return Table(
            (), (), {"team": [], "shipped": []}, _("the store has no schema of its own; the shipped one is used")
        )
    team, news = found.team, found.news.wanted
    columns = (
        Column("whose", _("Made by"), fixed=True),
        Column("where", _("Where")),
        Column("kind", _("What"), fixed=True),
        Column("change", _("Change")),
    )
    rows = (*(_row(_("team"), each) for each in team), *(_row(_("shipped"), each) for each in news))
    note = _("to upgrade: crmtext schema upgrade") if news else ""
    if not rows:
        note = _("the schema is identical to the shipped one")
    return Table(columns, rows, {"team": [*map(_document, team)], "shipped": [*map(_document, news)]}, note)


def upgrade(store: Store, *, dry_run: bool) -> Done:
    """Take over what is new in the shipped schema; what the team has changed itself stays."""
    found = versions(store)
    news = found.news if found else Merge((), ())
    if found is None or not news.wanted:
        return Done((), _("the schema is up to date") + _kept(news))
    new = splice(found.ours, news.wanted, found.shipped)
    load.read(new.encode(), SCHEMA)
    changed = (("schema", SCHEMA),)
    if dry_run:
        return Done(changed, _("nothing was written") + _kept(news), unified_diff(SCHEMA, found.ours, new))
    with store.writing():
        files.write(store.root / SCHEMA, new.encode(), found.ours.encode(), within=store.root)
    said = plural("Merged {n} change", "Merged {n} changes", len(news.wanted))
    return Done(changed, said + _kept(news) + _("; ") + _("to check the records: crmtext check"))


def _kept(news: Merge) -> str:
    """What is said of changes that were not taken over because the team has its own."""
    if not news.kept:
        return ""
    said = plural("{n} of your team's changes kept", "{n} of your team's changes kept", len(news.kept))
    names = _(", ").join(dict.fromkeys(place(each) for each in news.kept))
    return _("; ") + _("{said}: {names}").format(said=said, names=names)


def place(change: Change) -> str:
    """Where a change stands, as people name keys: `contacts[].title`, and behind a colon what of it."""
    path, steps = "", list(change.steps)
    rest: list[str] = []
    while steps:
        step = steps.pop(0)
        if rest:
            rest.append(step)
        elif step == "properties" and steps:
            path += f".{steps.pop(0)}"
        elif step == "items":
            path += "[]"
        else:
            rest.append(step)
    return ": ".join(filter(None, (path.removeprefix("."), "/".join(rest)))) or "/"


def _row(whose: str, change: Change) -> tuple[str, ...]:
    kinds = {"added": _("added"), "removed": _("removed"), "changed": _("changed")}
    shown = [_short(each) for each in (change.before, change.after) if each is not ABSENT]
    return whose, place(change), kinds[change.kind], " → ".join(shown)


def _short(value: Any) -> str:
    label = value.get("title") if isinstance(value, dict) else None
    text = label if isinstance(label, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _document(change: Change) -> dict[str, Any]:
    values = {
        name: value for name, value in (("before", change.before), ("after", change.after)) if value is not ABSENT
    }
    return {"where": change.where, "key": place(change), "kind": change.kind, **values}
