"""Problems as text: place and message, the source line with carets, the hint, and a count at the end."""

from __future__ import annotations

from itertools import chain, groupby, repeat
from typing import TYPE_CHECKING

from crmtext.i18n import _, plural
from crmtext.layout import RECORDS
from crmtext.problem import Problem, Severity
from crmtext.terminal import color as terminal_color
from crmtext.terminal.width import clip, cut, display_width, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.answer import Problems

#: The most problems shown for one file: the rest mostly follow from the first.
MOST_IN_A_FILE = 20
#: The most cells of a source line.
LINE_WIDTH = 96
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems sorted by path and place."""
    return tuple(sorted(problems, key=lambda problem: (problem.place, problem.severity, problem.rule, problem.message)))


def render(problem: Problem, *, color: bool = False, width: int = LINE_WIDTH) -> str:
    """Return one problem as lines that end with a newline; `width` limits the source line."""
    return "".join(f"{line}\n" for line in _lines(problem, width, color=color))


def _lines(problem: Problem, width: int, *, color: bool) -> Iterator[str]:
    styled = terminal_color.style if color else _plain
    place = f"{_one_line(str(problem.place))}: " if problem.place.path else ""
    severity = styled(problem.severity.label, fg=_COLOURS[problem.severity], bold=True)
    yield f"{styled(place, bold=True)}{severity}: {_one_line(problem.message)} [{_one_line(problem.rule)}]"
    hint = problem.hint.split("\n") if problem.hint else []
    if problem.excerpt and problem.place.column and not problem.place.path:
        # Typed text, not a line of a file: it has no number, and the hint goes after the caret.
        source, marks = underlined(problem, width)
        beside = f"  {_one_line(hint[0])}" if len(hint) == 1 and display_width(marks + hint[0]) < LINE_WIDTH else ""
        hint = [] if beside else hint
        yield f"  {source}"
        yield f"  {styled(marks, fg=_COLOURS[problem.severity])}{beside}"
    elif problem.excerpt and problem.place.line:
        number = f"{problem.place.line:>5}"
        source, marks = underlined(problem, width)
        yield f"{styled(f'{number} |', dim=True)} {source}"
        if marks:
            yield f"{styled(' ' * len(number) + ' |', dim=True)} {styled(marks, fg=_COLOURS[problem.severity])}"
    for place_too in problem.also:
        yield "  " + _("also here: {place}").format(place=_one_line(str(place_too)))
    for mark, part in zip(chain("=", repeat(" ")), hint, strict=False):
        yield f"  {mark} {_one_line(part)}"


def _plain(text: str, **_style: object) -> str:
    return text


def _one_line(text: str) -> str:
    return printable(text, keep="")


def underlined(problem: Problem, limit: int = LINE_WIDTH) -> tuple[str, str]:
    """Return the source line, cut around the mistake if too long, and the carets for below it."""
    line = problem.excerpt.rstrip("\r\n")
    if not problem.place.column:
        return clip(_one_line(line), limit), ""
    start, end = _columns(problem, line)
    before, marked, after = (_one_line(part) for part in (line[:start], line[start:end], line[end:]))
    if display_width(before + marked + after) > limit:
        before = _tail(before, limit // 2)
        marked = clip(marked, limit - display_width(before) - 1)
        after = clip(after, limit - display_width(before + marked))
    return before + marked + after, " " * display_width(before) + "^" * max(display_width(marked), 1)


def _columns(problem: Problem, line: str) -> tuple[int, int]:
    place = problem.place
    start = min(place.column - 1, len(line))
    if place.end_line > place.line:
        return start, len(line)
    return start, max(min(place.end_column - 1, len(line)), start + 1)


def _tail(text: str, width: int) -> str:
    if display_width(text) <= width:
        return text
    return "…" + text[len(text) - cut(text[::-1], width - 1) :]


def render_all(problems: Iterable[Problem], *, color: bool = False, width: int = LINE_WIDTH) -> str:
    """Return all problems in order, at most twenty for each file; the rest are counted."""
    parts = []
    for path, group in groupby(ordered(problems), lambda problem: problem.place.path):
        members = tuple(group)
        parts += [render(problem, color=color, width=width) for problem in members[:MOST_IN_A_FILE]]
        if (left := len(members) - MOST_IN_A_FILE) > 0:
            more = plural("and {n} more problem in this file", "and {n} more problems in this file", left)
            parts.append(f"{_one_line(path)}: {more}\n")
    return "\n".join(parts)


def by_commit(answer: Problems, *, color: bool = False, width: int = LINE_WIDTH) -> str:
    """Return all problems below the commits that introduced them."""
    styled = terminal_color.style if color else _plain
    parts = []
    for entry in answer.culprits:
        head = styled(
            f"{entry.commit[:10]} {entry.day} {_one_line(entry.author)}: {_one_line(entry.subject)}", bold=True
        )
        own = (problem for problem in answer.problems if problem.commit == entry.commit)
        parts.append(f"{head}\n\n{render_all(own, color=color, width=width)}")
    return "\n".join(parts)


def counts(problems: Sequence[Problem]) -> str:
    """Return the numbers of errors and warnings as text; empty if there are none."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    parts = (
        plural("{n} error", "{n} errors", errors) if errors else "",
        plural("{n} warning", "{n} warnings", warnings) if warnings else "",
    )
    return _("{errors}, {warnings}").format(errors=parts[0], warnings=parts[1]) if all(parts) else "".join(parts)


def summary(answer: Problems) -> str:
    """Return the last line of a check."""
    line = _summary(answer)
    if not answer.ignored:
        return line
    ignored = plural("{n} warning ignored by a comment", "{n} warnings ignored by comments", answer.ignored)
    return _("{summary} ({more})").format(summary=line, more=ignored)


def _summary(answer: Problems) -> str:
    numbers = counts(answer.problems)
    if answer.commits:
        if not numbers:
            return plural("{n} commit checked, no problems", "{n} commits checked, no problems", answer.commits)
        commits, touched = plural("{n} commit", "{n} commits", answer.commits), len(answer.culprits)
        return _("{counts} introduced by {touched} of {commits}").format(
            counts=numbers, touched=touched, commits=commits
        )
    if not numbers:
        return plural("{n} record checked, no problems", "{n} records checked, no problems", answer.checked)
    records = plural("{n} record", "{n} records", answer.checked)
    touched = len({p.place.path for p in answer.problems if p.place.path.startswith(RECORDS + "/")})
    if not touched:
        return _("{counts}; {records} checked").format(counts=numbers, records=records)
    return _("{counts} in {touched} of {records}").format(counts=numbers, touched=touched, records=records)
