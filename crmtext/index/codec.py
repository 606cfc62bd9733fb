"""Problems as lines of JSON."""

from __future__ import annotations

import json

from crmtext.problem import Edit, Place, Problem, Severity


def encode(problem: Problem, *, ignored: bool) -> str:
    """Return a problem as JSON, with the flag whether a comment ignores it."""
    place, also = _place(problem.place), [_place(other) for other in problem.also]
    fix = [(edit.start, edit.end, edit.new) for edit in problem.fix]
    values = (problem.rule, problem.message, place, problem.hint, problem.severity.value, problem.excerpt, fix, also)
    return json.dumps((*values, ignored))


def may_be_error(line: str) -> bool:
    """Whether a line of JSON may be an error; quicker than decoding it."""
    return f'"{Severity.ERROR}"' in line


def decode(line: str) -> tuple[Problem, bool]:
    """Return the problem in a line of JSON, and whether a comment ignores it."""
    rule, message, place, hint, severity, excerpt, fix, also, ignored = json.loads(line)
    edits, places = tuple(Edit(*values) for values in fix), tuple(Place(*values) for values in also)
    return Problem(rule, message, Place(*place), hint, Severity(severity), excerpt, edits, places), ignored


def _place(place: Place) -> tuple[str, int, int, int, int, str]:
    return place.path, place.line, place.column, place.end_line, place.end_column, place.pointer
