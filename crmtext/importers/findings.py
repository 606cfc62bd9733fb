"""Findings of an import: rows by their fate, bad and rewritten cells, questions, counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class RowRef(NamedTuple):
    """A row: the index of its file in the plan, and its number there, from 1."""

    file: int
    row: int


class BadCell(NamedTuple):
    """A cell, or with an empty column a row, that can't be taken."""

    at: RowRef
    column: str
    #: As the file has it; masked if the field is sensitive.
    value: str
    why: str
    fix: str
    #: The fix in the file of rejected rows, whose rows have other numbers; empty if it is the same.
    fix_there: str = ""


class Rewritten(NamedTuple):
    """A value that differs from its cell."""

    at: RowRef
    column: str
    before: str
    after: str
    why: str


class Question(NamedTuple):
    """A decision that the import needs before it can run."""

    text: str
    #: The options to type, each a complete option: `--default cooperation.since=DATE`.
    options: tuple[str, ...]
    #: The rows that wait for the answer.
    rows: list[RowRef]
    #: Equal for questions about the same thing, so that each is asked once.
    key: str = ""


@dataclass
class Findings:
    """Collects what the plan reports, in the order of the rows."""

    left_out: dict[RowRef, str] = field(default_factory=dict)
    #: Rows that can't come in, with the cell that stops them.
    rejected: dict[RowRef, BadCell] = field(default_factory=dict)
    #: Bad cells of rows that come in.
    cells: list[BadCell] = field(default_factory=list)
    rewritten: list[Rewritten] = field(default_factory=list)
    #: By key.
    questions: dict[str, Question] = field(default_factory=dict)
    #: Fields whose value waits for an answer, so that it isn't missing.
    unread: set[tuple[RowRef, str]] = field(default_factory=set)
    #: Columns and their values that stand for no value, by row and field.
    empty: dict[tuple[RowRef, str], tuple[str, str]] = field(default_factory=dict)
    #: Values of fields that will be sealed, by column.
    withheld: Counter[str] = field(default_factory=Counter)
    #: Numbers of IDs and cards that were masked in free text, by column.
    masked: Counter[str] = field(default_factory=Counter)
    #: Phone numbers of unknown form, with their columns, by row.
    odd: dict[RowRef, list[tuple[str, str]]] = field(default_factory=dict)
    #: Lines of the plan about shortened notes, joined rows and the like.
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def ask(self, key: str, text: str, options: tuple[str, ...], at: RowRef | None = None) -> None:
        """Add a question, or a row that waits for the answer to it."""
        have = self.questions.get(key) or Question(text, options, [], key)
        if at:
            # Many rows may wait for one answer: the list grows in place.
            have.rows.append(at)
        self.questions[key] = have._replace(text=text, options=options)
