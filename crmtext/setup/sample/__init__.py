"""The sample store: the shipped records with their dates moved to today, and the commits that led to them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from crmtext import layout
from crmtext.diff.words import Words
from crmtext.i18n import _, language
from crmtext.layout import RECORDS, SETTINGS
from crmtext.schema import Schema
from crmtext.settings import read
from crmtext.setup.sample import messages
from crmtext.setup.sample.steps import WEEKS, Move, before, known, moves
from crmtext.text.read.load import parse_text
from crmtext.values import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from crmtext.setup.sample.steps import Record

#: The day that is today in the shipped records.
ANCHOR = date(2026, 11, 20)
_ZONE = timezone(timedelta(hours=8))
# No digit or dash before or after, which would be a part of a number; the date of a date-time matches.
_DAY = lazy.pattern(r"(?<![0-9A-Za-z-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9-])")


class Step(NamedTuple):
    """One commit with the files it writes; None removes a file."""

    author: str
    when: datetime
    message: str
    files: Mapping[str, str | None]


def files(today: date) -> dict[str, str]:
    """Return the sample store's files by path, in the language in use, with all dates moved to today."""
    records = layout.shipped(RECORDS)
    shipped = {SETTINGS: layout.shipped(SETTINGS)} | {
        f"{RECORDS}/{path.relative_to(records).as_posix()}": path for path in records.rglob("*.yaml")
    }
    texts = {name: moved(path.read_text(encoding="utf-8"), today - ANCHOR) for name, path in sorted(shipped.items())}
    # English needs no setting: commits are in English by default, and the rest follows each user's terminal.
    if language() != "en":
        texts[SETTINGS] = texts[SETTINGS].replace("[store]\n", f'[store]\nlanguage = "{language()}"\n', 1)
    return texts


def moved(text: str, by: timedelta) -> str:
    """Return the text with every full ISO date moved; partial dates, ids and numbers stay."""
    return _DAY.sub(lambda match: (date.fromisoformat(match[0]) + by).isoformat(), text)


def history(today: date) -> tuple[Step, ...]:
    """Return the commits that lead to `files(today)`, oldest first; none is later than noon of today."""
    store = files(today)
    records = {path: text for path, text in store.items() if path != SETTINGS}
    data: dict[str, Record] = {path: parse_text(text, path).data for path, text in records.items()}
    start = today - timedelta(weeks=WEEKS)
    say = Words(Schema.shipped(), read(store[SETTINGS].encode()))
    todo = moves(data, start.isoformat(), today - ANCHOR, say)
    groups = _groups(todo, today)
    steps = list(_first(store, records, todo, start))
    for index, (when, group) in enumerate(groups):
        later = [move for _later, then in groups[index + 1 :] for move in then]
        steps.append(_step(when, group, later, store, data, say))
    return tuple(steps)


def _groups(todo: Iterable[Move], today: date) -> list[tuple[datetime, list[Move]]]:
    """The moves by commit: one for each colleague and day, and one for each chore."""
    groups: defaultdict[tuple[str, str, str], list[Move]] = defaultdict(list)
    for move in todo:
        groups[move.day, move.by, move.chore].append(move)
    return sorted(((_when(*key, today), group) for key, group in groups.items()), key=lambda pair: pair[0])


def _when(day: str, by: str, chore: str, today: date) -> datetime:
    """A time in working hours, always the same for the same distance from today."""
    on = date.fromisoformat(day)
    spread = crc32(f"{(today - on).days} {by} {chore}".encode())
    minutes = spread % (170 if on == today else 520)
    morning = datetime.combine(on, time(9, 5), _ZONE)
    return morning + timedelta(minutes=minutes, seconds=spread // 1000 % 60)


def _first(store: Mapping[str, str], records: Mapping[str, str], todo: list[Move], start: date) -> Iterator[Step]:
    """The first two commits: the settings, and the customers of the old list."""
    when = datetime.combine(start, time(9, 0), _ZONE)
    author = known()["left"]["by"]
    settings = before(SETTINGS, store[SETTINGS], todo)
    yield Step(author, when, _("store: settings and team") + "\n", {SETTINGS: settings})
    old = {path: text for path in records if (text := before(path, store[path], todo)) is not None}
    yield Step(author, when + timedelta(minutes=25), messages.importing(len(old)), old)


def _step(
    when: datetime,
    group: list[Move],
    later: list[Move],
    store: Mapping[str, str],
    data: Mapping[str, Record],
    say: Words,
) -> Step:
    paths = sorted({move.path for move in group})
    texts = {path: before(path, store[path], later) for path in paths}
    return Step(group[0].by, when, _message(group, data, say), texts)


def _message(group: list[Move], data: Mapping[str, Record], say: Words) -> str:
    chore = group[0].chore
    if chore == "handover":
        return messages.handing_over(group, data, say)
    if chore == "team":
        return f"{group[0].says}\n"
    return messages.adding(group, data) if chore == "add" else messages.daily(group, data, say)
