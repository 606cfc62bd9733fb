"""Results of a check for forges: GitHub annotations, GitLab code quality, and Markdown."""

from __future__ import annotations

import json
import os
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from crmtext import layout
from crmtext.i18n import _, plural
from crmtext.problem import Severity
from crmtext.terminal import code_frame
from crmtext.terminal.width import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmtext.answer import Problems
    from crmtext.problem import Problem

#: The most problems in a summary: GitHub rejects one larger than a mebibyte.
MOST_IN_A_SUMMARY = 1000
#: Characters to escape in a property of a GitHub command; a message needs only the first three.
_PROPERTY = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"))
_MESSAGE = _PROPERTY[:3]


def default_format(environment: Mapping[str, str] = os.environ) -> str:
    """Return the default format: the forge's in one of its jobs, else text."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "gitlab" if environment.get("GITLAB_CI") == "true" else "text"


def github(answer: Problems, prefix: str = "") -> str:
    """Return workflow commands, which GitHub shows at the lines; `prefix` is the path to the store."""
    lines = [_command(problem, prefix) for problem in code_frame.ordered(answer.problems)]
    return "".join(f"{line}\n" for line in (*lines, code_frame.summary(answer)))


def _command(problem: Problem, prefix: str) -> str:
    place = problem.place
    numbers = {"line": place.line, "endLine": place.end_line}
    if place.end_line == place.line:
        # GitHub rejects columns for a span of several lines.
        numbers |= {"col": place.column, "endColumn": max(place.end_column - 1, place.column)}
    file = {"file": printable(prefix + place.path, keep="")} if place.path else {}
    given = {**file, **{name: number for name, number in numbers.items() if number}, "title": problem.rule}
    properties = ",".join(f"{name}={_escaped(str(value), _PROPERTY)}" for name, value in given.items())
    text = "\n".join(filter(None, (problem.message, problem.hint, _introduced_by(problem))))
    return f"::{problem.severity.value} {properties}::{_escaped(printable(text), _MESSAGE)}"


def _introduced_by(problem: Problem) -> str:
    return _("introduced by commit {commit}").format(commit=problem.commit[:10]) if problem.commit else ""


def _escaped(text: str, signs: tuple[tuple[str, str], ...]) -> str:
    for sign, code in signs:
        text = text.replace(sign, code)
    return text


def gitlab(answer: Problems, prefix: str = "") -> str:
    """Return a code quality report; fingerprints don't depend on line numbers."""
    seen: Counter[str] = Counter()
    issues = [_issue(problem, prefix, seen) for problem in code_frame.ordered(answer.problems)]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _issue(problem: Problem, prefix: str, seen: Counter[str]) -> dict[str, object]:
    import hashlib

    place = problem.place
    path = printable(prefix + (place.path or layout.SETTINGS), keep="")
    what = "\n".join(filter(None, (path, problem.rule, problem.message, problem.commit)))
    # The same problem twice in a file is two issues: the second one gets a number.
    seen[what] += 1
    numbered = f"{what}\n{seen[what]}" if seen[what] > 1 else what
    return {
        "description": " – ".join(
            filter(None, (problem.message, problem.hint.replace("\n", "; "), _introduced_by(problem)))
        ),
        "check_name": problem.rule,
        "fingerprint": hashlib.sha256(numbered.encode("utf-8", "replace")).hexdigest(),
        "severity": "major" if problem.severity is Severity.ERROR else "minor",
        "location": {"path": path, "lines": {"begin": place.line or 1, "end": place.end_line or place.line or 1}},
    }


def markdown(answer: Problems, prefix: str = "") -> str:
    """Return a page with a table of all problems, for a job's summary or a comment."""
    lines = [f"### {code_frame.summary(answer)}", ""]
    if answer.problems:
        head = (_("Place"), _("Problem"), _("Fix"))
        lines += ["| " + " | ".join(head) + " |", "|---|---|---|", *_rows(answer, prefix), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _rows(answer: Problems, prefix: str) -> Iterator[str]:
    from crmtext.wording.markdown import escape

    problems = code_frame.ordered(answer.problems)
    for path, group in groupby(problems[:MOST_IN_A_SUMMARY], lambda problem: problem.place.path):
        members = tuple(group)
        for problem in members[: code_frame.MOST_IN_A_FILE]:
            yield _row(problem, prefix, escape)
        if (left := len(members) - code_frame.MOST_IN_A_FILE) > 0:
            more = plural("and {n} more problem in this file", "and {n} more problems in this file", left)
            yield f"| {escape(prefix + path)} | {more} | |"
    if (left := len(problems) - MOST_IN_A_SUMMARY) > 0:
        yield f"| … | {plural('and {n} more problem', 'and {n} more problems', left)} | |"


def _row(problem: Problem, prefix: str, escape: Callable[[str], str]) -> str:
    place = f"{prefix}{problem.place}" if problem.place.path else ""
    cells_ = (place, problem.message, "\n".join(filter(None, (problem.hint, _introduced_by(problem)))))
    where, message, hint = (escape(printable(text, keep="\n")) for text in cells_)
    return f"| {where} | **{problem.severity.label}**: {message} `{problem.rule}` | {hint} |"
