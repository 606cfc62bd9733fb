"""The commit of a moment: a revision, or the end of a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git import clone
from crmtext.git.plumbing import Repository, ask, named, resolve
from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

    from crmtext.git.objects import Objects

#: The range of git's dates, and of the calendar.
_FIRST, _LAST = 1971, date(9998, 12, 31)


class Moment(NamedTuple):
    """A commit, and its date as the day of today."""

    commit: str
    day: date


def moment(objects: Objects, typed: str, today: date, zone: tzinfo | None) -> Moment:
    """Return the commit for a typed revision or day, such as `2024-03-31` or `last week`.

    Raises CrmError if the text is both, and the commits differ.
    """
    from crmtext.values import dates

    repo = objects.repository
    day = _day(dates.until, typed, today)
    commit = named(repo, typed)
    if commit is None and day is not None:
        return at_end_of(repo, day, zone)
    try:
        commit = commit or resolve(repo, typed)
    except CrmError as unknown:
        problem = unknown.problem
        hint = _("a day also works: 2024-05-01, monday, yesterday, 3d, last week")
        raise CrmError(problem._replace(hint=f"{hint}; {problem.hint}"), unknown.exit_code) from None
    if day is None:
        return Moment(commit, clock.day_of(objects.committed(commit), zone))
    if _before(repo, day, zone) != commit:
        raise _ambiguous(typed, commit, day)
    return Moment(commit, day)


def start(repo: Repository, typed: str, today: date, zone: tzinfo | None) -> tuple[str, str]:
    """Return the commit at the beginning of a period, empty if the store is younger, and the name of the beginning.

    Raises CrmError if the text is both a day, or a period such as `3d`, and a different commit.
    """
    from crmtext.values import dates

    day = _day(dates.since, typed, today)
    commit = named(repo, typed)
    if commit is None and day is not None:
        before = _start_of(repo, day, zone)
        if not before:
            _refuse_cut(repo, day)
        return before, str(day)
    try:
        commit = commit or resolve(repo, typed)
    except CrmError as unknown:
        if unknown.problem.rule != "unknown-revision":
            raise
        message = _("'{value}' is neither a day nor a commit").format(value=typed)
        hint = f"{dates.period_hint()}; {unknown.problem.hint}"
        raise usage(unknown.problem.rule, message, hint) from None
    if day is not None and _start_of(repo, day, zone) != commit:
        raise _ambiguous(typed, commit, day)
    return commit, typed


def _day(read: Callable[[str, date], date], typed: str, today: date) -> date | None:
    try:
        return read(typed, today)
    except CrmError:
        return None


def _start_of(repo: Repository, day: date, zone: tzinfo | None) -> str:
    """The last commit before a day; empty if there is none."""
    return (_before(repo, day - timedelta(days=1), zone) or "") if day > date.min else ""


def _ambiguous(typed: str, commit: str, day: date) -> CrmError:
    message = _("'{value}' is both a commit and a day").format(value=typed)
    hint = _("use {commit} for the commit, {day} for the day").format(commit=commit[:12], day=f"{day:%Y/%m/%d}")
    return usage("ambiguous-moment", message, hint)


def at_end_of(repo: Repository, day: date, zone: tzinfo | None) -> Moment:
    """Return the last commit on HEAD's first-parent line up to the end of a day."""
    if commit := _before(repo, day, zone):
        return Moment(commit, day)
    _refuse_cut(repo, day)
    hint = _("for the date of the first commit: git log --first-parent")
    raise usage("no-commit-yet", _("no commits before {date}").format(date=day), hint)


def last_commits(repo: Repository, days: Sequence[date], zone: tzinfo | None) -> tuple[str | None, ...]:
    """Return the commit of `at_end_of` for each of these days, oldest first, from one walk; None if there is none."""
    line: Iterator[tuple[int, str | None]] = reversed(first_parents(repo, "HEAD"))
    commits: list[str | None] = []
    when, commit = next(line, (0, None))
    for day in reversed(days):
        # Dates may go back and forth along the line: the commit nearest to HEAD counts.
        while commit and (day.year < _FIRST or when > _end(day, zone)):
            when, commit = next(line, (0, None))
        commits.append(commit)
    return tuple(reversed(commits))


def first_parents(repo: Repository, commit: str) -> tuple[tuple[int, str], ...]:
    """Return the commits of a first-parent line, oldest first, each after its time in seconds since 1970."""
    rows = (ask(repo, "rev-list", "--timestamp", "--first-parent", commit, "--") or "").splitlines()
    return tuple((int(time), id_) for time, id_ in map(str.split, reversed(rows)))


def _refuse_cut(repo: Repository, day: date) -> None:
    """Raise CrmError in a shallow clone, whose history does not start at the beginning of the store."""
    if clone.cut(repo):
        raise clone.history_missing(_("this clone has no history before {date}").format(date=day))


def _before(repo: Repository, day: date, zone: tzinfo | None) -> str | None:
    # Git does not parse a negative time.
    return (
        None
        if day.year < _FIRST
        else ask(repo, "rev-list", "-1", f"--until=@{_end(day, zone)}", "--first-parent", "HEAD", "--")
    )


def _end(day: date, zone: tzinfo | None) -> int:
    """The last second of a day."""
    # The start of the next one, even if summer time changes at midnight; Python cannot add a day to the last date.
    return int(datetime.combine(min(day, _LAST) + timedelta(days=1), time.min, tzinfo=zone).timestamp() - 1)
