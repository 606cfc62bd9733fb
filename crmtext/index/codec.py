"""Problems as lines of JSON, and back."""

from __future__ import annotations

import json

from crmtext.problem import Edit, Place, Problem, Severity


def encode(problem: Problem, *, ignored: bool) -> str:
    """A problem as JSON, and whether a comment has it ignored."""
    place, also = _place(problem.place), [_place(each) for each in problem.also]
    fix = [(each.start, each.end, each.new) for each in problem.fix]
    told = (problem.rule, problem.message, place, problem.hint, problem.severity.value, problem.excerpt, fix, also)
    return json.dumps((*told, ignored))


def may_be_error(line: str) -> bool:
    """Whether a line of JSON may be that of an error, told sooner than by unpacking it."""
    return f'"{Severity.ERROR}"' in line


def decode(line: str) -> tuple[Problem, bool]:
    """The problem in a line of JSON, and whether a comment has it ignored."""
    rule, message, place, hint, severity, excerpt, fix, also, ignored = json.loads(line)
    edits, places = tuple(Edit(*each) for each in fix), tuple(Place(*each) for each in also)
    return Problem(rule, message, Place(*place), hint, Severity(severity), excerpt, edits, places), ignored


def _place(place: Place) -> tuple[str, int, int, int, int, str]:
    return place.path, place.line, place.column, place.end_line, place.end_column, place.pointer
