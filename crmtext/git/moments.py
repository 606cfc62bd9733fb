"""Which commit a moment means: a revision as git names it, or the end of a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from crmtext import clock, lazy
from crmtext.git.plumbing import Repository, ask, head, resolve, run
from crmtext.i18n import _
from crmtext.problem import CrmError, usage

if TYPE_CHECKING:
    from datetime import tzinfo

#: The years that git's clock has, and the calendar.
_FIRST, _LAST = 1971, date(9998, 12, 31)
_ISO = lazy.pattern(r"\d{4}-\d{2}-\d{2}")


class Moment(NamedTuple):
    """A commit and the day that was today then."""

    commit: str
    day: date


def moment(repo: Repository, typed: str, today: date, zone: tzinfo | None) -> Moment:
    """The commit that a user's words mean: a day, such as `2024-03-31`, else a revision, else a day in words."""
    from crmtext import dates

    if _ISO.fullmatch(typed):
        return at_end_of(repo, dates.parse(typed, today), zone)
    try:
        commit = resolve(repo, typed)
    except CrmError as unknown:
        try:
            day = dates.until(typed, today)
        except CrmError:
            problem = unknown.problem
            hint = _("a day can be said as well: 2024-05-01, monday, 昨天, 3d, last week, 上周")
            raise CrmError(problem._replace(hint=f"{hint}; {problem.hint}"), unknown.exit_code) from None
        return at_end_of(repo, day, zone)
    return Moment(commit, committed(repo, commit, zone))


def start(repo: Repository, typed: str, today: date, zone: tzinfo | None) -> tuple[str, str]:
    """The commit since which a user asks, empty where the store is younger, and what to call the beginning.

    A day or a stretch of time comes first: `3d` is three days, whatever a branch is called.
    """
    from crmtext import dates

    try:
        day = dates.since(typed, today)
    except CrmError as undated:
        try:
            return resolve(repo, typed), typed
        except CrmError as unknown:
            if unknown.problem.rule != "unknown-revision":
                raise
            message = _("'{value}' is neither a day nor a commit").format(value=typed)
            hint = f"{undated.problem.hint}; {unknown.problem.hint}"
            raise usage(unknown.problem.rule, message, hint) from None
    return (_before(repo, day - timedelta(days=1), zone) or "") if day > date.min else "", str(day)


def at_end_of(repo: Repository, day: date, zone: tzinfo | None) -> Moment:
    """The last commit of HEAD's first-parent line up to the end of a day."""
    if found := _before(repo, day, zone):
        return Moment(found, day)
    hint = _("git log --first-parent shows when the first one was made")
    if (repo.common_dir / "shallow").exists():
        hint = _("this clone holds the newest commits only: git fetch --unshallow brings the others")
    raise usage("no-commit-yet", _("there was no commit yet on {date}").format(date=day), hint)


def _before(repo: Repository, day: date, zone: tzinfo | None) -> str | None:
    # git takes a negative time for words of its own, and a calendar ends before it can count on from its last day.
    if day.year < _FIRST or not head(repo):
        return None
    # A day's end where summer time begins or ends at midnight is still the start of the next day.
    end = datetime.combine(min(day, _LAST) + timedelta(days=1), time.min, tzinfo=zone).timestamp() - 1
    return ask(repo, "rev-list", "-1", "--first-parent", f"--until=@{int(end)}", "HEAD", "--")


def committed(repo: Repository, commit: str, zone: tzinfo | None) -> date:
    """The day on which a commit was made."""
    stamp = run(repo, "rev-list", "-1", "--timestamp", "--end-of-options", commit).split()[0]
    return clock.day_of(int(stamp), zone)
