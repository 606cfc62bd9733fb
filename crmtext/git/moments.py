"""Which commit a moment means: a revision as git names it, or the end of a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmtext.git import clone
from crmtext.git.plumbing import Repository, ask, named, resolve
from crmtext.i18n import _
from crmtext.problem import CrmError, usage
from crmtext.values import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from crmtext.git.objects import Objects

#: The years that git's clock has, and the calendar.
_FIRST, _LAST = 1971, date(9998, 12, 31)


class Moment(NamedTuple):
    """A commit and the day that was today then."""

    commit: str
    day: date


def moment(objects: Objects, typed: str, today: date, zone: tzinfo | None) -> Moment:
    """The commit that a user's words mean: a revision, or a day, such as `2024-03-31` or `last week`.

    Raises CrmError where they mean both, and not the same commit: either answer could be the wrong one.
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
    """The commit since which a user asks, empty where the store is younger, and what to call the beginning.

    Raises CrmError where the words mean a day, or a stretch of time such as `3d`, and another commit as well.
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
    """The last commit before a day; empty where there is none."""
    return (_before(repo, day - timedelta(days=1), zone) or "") if day > date.min else ""


def _ambiguous(typed: str, commit: str, day: date) -> CrmError:
    message = _("'{value}' is both a commit and a day").format(value=typed)
    hint = _("use {commit} for the commit, {day} for the day").format(commit=commit[:12], day=f"{day:%Y/%m/%d}")
    return usage("ambiguous-moment", message, hint)


def at_end_of(repo: Repository, day: date, zone: tzinfo | None) -> Moment:
    """The last commit of HEAD's first-parent line up to the end of a day."""
    if found := _before(repo, day, zone):
        return Moment(found, day)
    _refuse_cut(repo, day)
    hint = _("for the date of the first commit: git log --first-parent")
    raise usage("no-commit-yet", _("no commits before {date}").format(date=day), hint)


def _refuse_cut(repo: Repository, day: date) -> None:
    """Refuse to take the end of a shallow clone for the beginning of the store."""
    if clone.cut(repo):
        raise clone.history_missing(_("this clone has no history before {date}").format(date=day))


def _before(repo: Repository, day: date, zone: tzinfo | None) -> str | None:
    # git takes a negative time for words of its own, and a calendar ends before it can count on from its last day.
    if day.year < _FIRST:
        return None
    # A day's end where summer time begins or ends at midnight is still the start of the next day.
    end = datetime.combine(min(day, _LAST) + timedelta(days=1), time.min, tzinfo=zone).timestamp() - 1
    return ask(repo, "rev-list", "-1", "--first-parent", f"--until=@{int(end)}", "HEAD", "--")
