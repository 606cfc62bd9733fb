"""Compare the team's schema with the shipped one, and upgrade it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmtext import layout, settings
from crmtext.answer import Change as Done
from crmtext.answer import Column, Table
from crmtext.disk import files
from crmtext.disk.unified_diff import unified_diff
from crmtext.i18n import _, plural
from crmtext.layout import SCHEMA, SETTINGS
from crmtext.problem import CrmError, cannot
from crmtext.schema import load
from crmtext.schema.changes import ABSENT, Change, Merge, changes, merge
from crmtext.schema.edit import splice

if TYPE_CHECKING:
    from crmtext.store import Store

_WIDTH = 60


@dataclass(frozen=True)
class Versions:
    """Three schemas as text: the version that the team started from, the team's, and the shipped one."""

    base: str
    ours: str
    shipped: str

    @property
    def team(self) -> tuple[Change, ...]:
        """The team's changes."""
        return tuple(changes(json.loads(self.base), json.loads(self.ours)))

    @property
    def news(self) -> Merge:
        """The changes of the shipped schema that the team's lacks."""
        return merge(json.loads(self.base), json.loads(self.ours), json.loads(self.shipped))


def versions(store: Store) -> Versions | None:
    """Return the three schemas of a store; None if it uses the shipped one."""
    raw = files.read(store.root / SCHEMA, within=store.root)
    if raw is None:
        return None
    ours = load.read(raw, SCHEMA)
    base = load.of_version(ours["x-version"])
    return Versions(base.decode("utf-8"), raw.decode("utf-8"), load.shipped().decode("utf-8"))


def diff(store: Store) -> Table:
    """Return the team's changes, and the changes of the shipped schema that the team's lacks."""
    schemas = versions(store)
    if schemas is None:
        return Table(
            (), (), {"team": [], "shipped": []}, _("the store has no schema of its own; the shipped one is used")
        )
    team, news = schemas.team, schemas.news.wanted
    columns = (
        Column("whose", _("Made by"), fixed=True),
        Column("where", _("Where")),
        Column("kind", _("What"), fixed=True),
        Column("change", _("Change")),
    )
    rows = (*(_row(_("team"), change) for change in team), *(_row(_("shipped"), change) for change in news))
    note = _("to upgrade: crmtext schema upgrade") if news else ""
    if not rows:
        note = _("the schema is identical to the shipped one")
    return Table(columns, rows, {"team": [*map(_document, team)], "shipped": [*map(_document, news)]}, note)


def upgrade(store: Store, *, dry_run: bool) -> Done:
    """Merge the changes of the shipped schema into the team's, and raise the store's `schema_version`.

    The team's own changes are kept.
    """
    schemas = versions(store)
    news = schemas.news if schemas else Merge((), ())
    texts: list[tuple[str, str, str, str]] = []
    if schemas and news.wanted:
        new = splice(schemas.ours, news.wanted, schemas.shipped)
        _refuse_other_kind(new)
        texts.append(("schema", SCHEMA, schemas.ours, new))
    if store.settings.schema_version < layout.SCHEMA_VERSION:
        before = (files.read(store.root / SETTINGS, within=store.root) or b"").decode("utf-8")
        texts.append(("settings", SETTINGS, before, _raised(before)))
    if not texts:
        return Done((), _("the schema is up to date") + _kept(news))
    changed = tuple((kind, path) for kind, path, _before, _after in texts)
    if dry_run:
        diff_ = "".join(unified_diff(path, old, after) for _kind, path, old, after in texts)
        return Done(changed, _("nothing was written") + _kept(news), diff_)
    with store.writing():
        for _kind, path, old, after in texts:
            files.write(store.root / path, after.encode(), old.encode() if old else None, within=store.root)
    parts = [plural("Merged {n} change", "Merged {n} changes", len(news.wanted)) + _kept(news)] if news.wanted else []
    if changed[-1][0] == "settings":
        parts.append(_("schema_version is now {n}").format(n=layout.SCHEMA_VERSION))
    return Done(changed, _("; ").join((*parts, _("to check the records: crmtext check"))))


def _refuse_other_kind(text: str) -> None:
    """Raise CrmError if a field of the team's own has the name of a new field, but not its type."""
    try:
        load.read(text.encode(), SCHEMA)
    except CrmError as error:
        if error.problem.rule != "schema-kept":
            raise
        message = _("nothing was written: {reason}").format(reason=error.problem.message)
        hint = _("rename your field in the schema and in the records, then run crmtext schema upgrade again")
        raise CrmError(error.problem._replace(message=message, hint=hint), error.exit_code) from None


def _raised(text: str) -> str:
    """The text of the settings with the latest `schema_version`."""
    line = f"schema_version = {layout.SCHEMA_VERSION}"
    ways = (
        re.sub(
            r"(?m)^([ \t]*(?:store\.)?schema_version[ \t]*=[ \t]*)\d+", rf"\g<1>{layout.SCHEMA_VERSION}", text, count=1
        ),
        re.sub(r"(?m)^([ \t]*\[store\][^\n]*\n)", rf"\g<1>{line}\n", text, count=1),
        f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}[store]\n{line}\n",
    )
    for new in ways:
        with suppress(CrmError):
            if settings.read(new.encode()).schema_version == layout.SCHEMA_VERSION:
                return new
    raise cannot(
        "settings",
        _("can't change schema_version in {file}").format(file=SETTINGS),
        _("write: {line}").format(line=line),
    )


def _kept(news: Merge) -> str:
    """The note on changes that were not merged because of the team's own."""
    if not news.kept:
        return ""
    count = plural("{n} of your team's changes kept", "{n} of your team's changes kept", len(news.kept))
    names = _(", ").join(dict.fromkeys(place(change) for change in news.kept))
    return _("; ") + _("{said}: {names}").format(said=count, names=names)


def place(change: Change) -> str:
    """Return the place of a change: the field, such as `contacts[].title`, and after a colon the part of it."""
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
    shown = [_short(value) for value in (change.before, change.after) if value is not ABSENT]
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
