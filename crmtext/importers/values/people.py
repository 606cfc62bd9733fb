"""Colleagues in the files: by handle, name, pinyin or e-mail address, by the source's list of users, or as typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.importers.columns.values import NONE
from crmtext.importers.values import names, plain_text
from crmtext.importers.values.outcome import EMPTY, Ask, Outcome
from crmtext.terminal.quoting import quoted
from crmtext.values import lazy, pinyin
from crmtext.values.did_you_mean import nearest
from crmtext.values.folding import folded, is_chinese

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.importers.mapping import Table
    from crmtext.importers.sheet import Cell
    from crmtext.settings import Settings
    from crmtext.settings.entries import Member

_BRACKETS = lazy.pattern(r"\s*[(（<\[【].*$", re.DOTALL)
_MOST_OPTIONS = 4


class People:
    """Finds the handles of people named in cells."""

    def __init__(self, settings: Settings, named: Mapping[str, str], users: Mapping[str, tuple[str, ...]]) -> None:
        self._settings = settings
        self._named = {folded(name): handle for name, handle in named.items()}
        self._users = users
        self._known = _known(settings)

    def __call__(self, cell: Cell) -> Outcome:
        """Return the handle of the person that a cell names; a question if nobody fits."""
        text = plain_text.line(plain_text.whole(plain_text.read(cell).text))
        if not text:
            return EMPTY
        if (handle := self.find(text)) == NONE:
            return EMPTY
        if handle:
            member = self._settings.team.get(handle)
            return Outcome(handle, former="" if member is None or member.active else handle)
        if not self._settings.team:
            return Outcome(re.sub(r"\s+", "-", text))
        return Outcome(ask=self._ask(text))

    def find(self, text: str) -> str:
        """Return the handle of a person, or `-` for a name that stands for nobody; empty if nobody fits."""
        ways = (text, *self._users.get(text, ()), _BRACKETS.sub("", text))
        for way in ways:
            if handle := self._named.get(folded(way), ""):
                return handle
        for way in ways:
            if member := self._settings.member(way):
                return member.handle
            if handle := self._known.get(folded(way), ""):
                return handle
            family, comma, given = way.partition(",")
            if comma and (handle := self._known.get(folded(names.compose(given, "", family, "")), "")):
                return handle
        return ""

    def _ask(self, text: str) -> Ask:
        team = self._settings.team
        shown = {name: member.handle for member in team.values() for name in (member.name, member.handle) if name}
        near = shown.get(nearest(text, shown, loose=True), "")
        pool = [member.handle for member in team.values() if member.pool]
        others = [member.handle for member in team.values() if member.active]
        handles = list(dict.fromkeys([*([near] if near else []), *pool, *others]))[:_MOST_OPTIONS]
        options = tuple(f"--people {quoted(f'{text}={handle}')}" for handle in [*(handles or ["HANDLE"]), NONE])
        return Ask(f"person:{folded(text)}", _("'{name}' isn't on the team list").format(name=text), options)


def _known(settings: Settings) -> dict[str, str]:
    """The forms of the team's names with their handles, without those of several people."""
    known: dict[str, str] = {}
    for member in settings.team.values():
        for form in dict.fromkeys(_forms(member)):
            known[form] = "" if known.get(form, member.handle) != member.handle else member.handle
    return known


def _forms(member: Member) -> Iterator[str]:
    yield from (folded(name) for name in (member.handle, member.name, *member.emails) if name)
    words = member.name.split()
    if len(words) == 2:
        yield folded(f"{words[1]}{words[0]}")
    if any(map(is_chinese, member.name)):
        for syllables in pinyin.readings(member.name, person=True):
            yield folded("".join(syllables))
            for family in (1, 2):
                if len(syllables) > family:
                    yield folded("".join((*syllables[family:], *syllables[:family])))


def users(tables: tuple[Table, ...]) -> dict[str, tuple[str, ...]]:
    """Return the names of the source's users by their ids: e-mail address first, then handle and name."""
    known: dict[str, tuple[str, ...]] = {}
    for table in tables:
        if table.object != "users":
            continue
        at = {column.field: column.position for column in table.columns if column.field}
        id_at = next((column.position for column in table.columns if column.name == table.id), at.get("id", -1))
        for row in table.rows:

            def text(place: int, cells: tuple[Cell, ...] = row.cells) -> str:
                return plain_text.line(plain_text.read(cells[place]).text) if 0 <= place < len(cells) else ""

            first, last = text(at.get("@first_name", -1)), text(at.get("@last_name", -1))
            full = next((text(at[key]) for key in ("@full_name", "name", "contacts.name") if key in at), "")
            name = names.compose(first, "", last, full)
            aliases = tuple(filter(None, (text(at.get("@email", -1)), text(at.get("@handle", -1)), name, full)))
            for key in (plain_text.whole(text(id_at)), name):
                if key and aliases:
                    known.setdefault(key, aliases)
                    if len(key) == 18:
                        # Salesforce writes the same id with 15 and with 18 characters.
                        known.setdefault(key[:15], aliases)
    return known
