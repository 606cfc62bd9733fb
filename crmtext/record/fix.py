"""Fix mistakes that have exactly one right answer, and prove each fix by reading the record again."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from crmtext import checks, layout
from crmtext import settings as store_settings
from crmtext.checks.currency import wrong
from crmtext.disk import files
from crmtext.i18n import _, plural
from crmtext.model import Customer
from crmtext.problem import Place, Problem, Severity
from crmtext.record.change.draft import Draft
from crmtext.record.change.write import WriteOptions, write, writing
from crmtext.settings.places import line_of
from crmtext.snapshot import Snapshot
from crmtext.text.document import Document
from crmtext.text.edit.rewrite import apply
from crmtext.text.pointer import split
from crmtext.text.read.load import parse
from crmtext.validation.check import covers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmtext.answer import Change
    from crmtext.problem import Edit
    from crmtext.schema import Schema
    from crmtext.settings import Settings
    from crmtext.store import Store

#: Limit of rounds: a fix may reveal another mistake, such as the second one in a line.
_MOST_ROUNDS = 200


def fix(
    store: Store, paths: Iterable[str], *, select: Iterable[str] = (), ignore: Iterable[str] = (), how: WriteOptions
) -> Change:
    """Fix those problems of the work tree that were asked about and have exactly one right answer."""
    wanted = tuple(paths)
    counts = checks.rule_filter(store.settings, select, ignore)

    def asked(problem: Problem) -> bool:
        path = problem.place.path
        return counts(problem.rule) and (not wanted or any(covers(wanted_path, path) for wanted_path in wanted))

    return run(store, how, asked)


def run(store: Store, how: WriteOptions, wanted: Callable[[Problem], bool]) -> Change:
    """Fix the records on the disk, or return the diff only."""
    with writing(store, how):
        snapshot = store.worktree()
        documents = (*(customer.document for customer in snapshot.customers), *snapshot.broken)
        fixed = [
            fixed_record(document, store.schema, wanted, store.settings)
            for document in sorted(documents, key=lambda document: document.path)
        ]
        fixed += [change for change in _currency(store) if all(map(wanted, change[1]))]
        done = tuple(problem for _draft, problems in fixed for problem in problems)
        return write(store, [draft for draft, _problems in fixed], _summary(done), how)


def fixed_record(
    document: Document,
    schema: Schema,
    wanted: Callable[[Problem], bool] = lambda _problem: True,
    settings: Settings | None = None,
) -> tuple[Draft, tuple[Problem, ...]]:
    """Return the record with its wanted mistakes fixed, as far as there is one right answer, and those mistakes.

    With settings, fixes of checks are included if the record fits the schema.
    """
    at = document
    done: list[Problem] = []
    rejected: set[tuple[Edit, ...]] = set()
    for _round in range(_MOST_ROUNDS):
        problems = (problem for problem in _problems(at, schema, settings) if problem.fix and wanted(problem))
        fixable = [problem for problem in problems if problem.fix not in rejected]
        if not fixable:
            break
        together = _without_overlaps(fixable)
        after = _fixed(at, together, schema)
        if after is None:
            together = fixable[:1]
            after = _fixed(at, together, schema)
        if after is None:
            rejected.add(fixable[0].fix)
            continue
        at, rejected = after, set()
        done += together
    return Draft(document, at), tuple(done)


def _problems(document: Document, schema: Schema, settings: Settings | None = None) -> tuple[Problem, ...]:
    problems = schema.record_problems(document)
    wrong_already = any(problem.severity is Severity.ERROR for problem in problems)
    if settings and isinstance(document.data, dict) and not wrong_already:
        alone = Snapshot("worktree", schema, settings, date.min, (Customer(document),), (), ())
        problems = (*problems, *checks.run_checks(alone, checks.WITH_FIX))
    return schema.discreet(document, problems)


def _currency(store: Store) -> Iterator[tuple[Draft, tuple[Problem, ...]]]:
    """Yield the settings with the code of the store's currency fixed, if only one code can be meant."""
    code = store.settings.currency
    reason, raw = wrong(code), files.read(store.root / layout.SETTINGS, within=store.root)
    if not reason or not reason.meant or raw is None:
        return
    text = raw.decode("utf-8")
    number = line_of(text, "store.currency")
    lines = text.split("\n")
    lines[number - 1] = re.sub(
        rf"(currency[ \t]*=[ \t]*[\"']){re.escape(code)}\b", rf"\g<1>{reason.meant}", lines[number - 1]
    )
    new = "\n".join(lines)
    if store_settings.read(new.encode()).currency == reason.meant:
        place = Place(layout.SETTINGS, number, 1)
        problem = Problem("store-currency", reason.message, place, reason.hint)
        yield Draft(Document(layout.SETTINGS, text), Document(layout.SETTINGS, new)), (problem,)


def _without_overlaps(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with fixes that do not overlap, from the first on."""
    chosen: list[Problem] = []
    end = -1
    for problem in sorted(problems, key=lambda problem: problem.fix[0].start):
        if problem.fix[0].start > end:
            chosen.append(problem)
            end = max(edit.end for edit in problem.fix)
    return chosen


def _fixed(document: Document, problems: Iterable[Problem], schema: Schema) -> Document | None:
    """Return the document with these mistakes fixed; None if that adds a mistake or changes anything else."""
    done = tuple(problems)
    text = apply(document.text, sorted(edit for problem in done for edit in problem.fix))
    after = parse(text.encode("utf-8", "surrogatepass"), document.path)
    before = document.data
    if before is None:
        # Text after a syntax error was not read before, so its mistakes are not new.
        return after if _parses_further(document, after) else None
    if after.data is None or not _equal_except(before, after.data, [split(problem.place.pointer) for problem in done]):
        return None
    known = {_identity(problem) for problem in _problems(document, schema)} - {_identity(problem) for problem in done}
    # A condition applies to a valid status only, so fixing the status may reveal its problems.
    new = {_identity(problem) for problem in _problems(after, schema) if problem.rule not in schema.conditions} - known
    return None if new else after


def _parses_further(before: Document, after: Document) -> bool:
    """Whether a text that could not be read can now be read, at least further."""
    if after.data is not None:
        return True

    def first(document: Document) -> tuple[int, int]:
        return min((problem.place.line, problem.place.column) for problem in document.problems)

    return first(after) > first(before)


def _identity(problem: Problem) -> tuple[str, str, str]:
    return problem.rule, problem.place.pointer, problem.message


def _equal_except(one: Any, other: Any, places: Iterable[tuple[str, ...]]) -> bool:
    """Whether two values differ only at these places, where a key may also be renamed."""
    steps = tuple(places)
    if one == other and type(one) is type(other):
        return True
    if not any(steps):
        return () in steps
    firsts = {place[0] for place in steps if place}
    below = {first: [place[1:] for place in steps if place[:1] == (first,)] for first in firsts}
    if isinstance(one, dict) and isinstance(other, dict):
        return _only_in_entries(one, other, below)
    if isinstance(one, list) and isinstance(other, list):
        return _only_in_items(one, other, below)
    return () in steps


def _only_in_entries(one: dict[str, Any], other: dict[str, Any], below: dict[str, list[tuple[str, ...]]]) -> bool:
    renamed = all(() in below.get(key, ()) for key in one if key not in other)
    same = all(_equal_except(one[key], other[key], below.get(key, ())) for key in one if key in other)
    return len(one) == len(other) and renamed and same


def _only_in_items(one: list[Any], other: list[Any], below: dict[str, list[tuple[str, ...]]]) -> bool:
    if len(one) == len(other):
        return all(_equal_except(one[index], other[index], below.get(str(index), ())) for index in range(len(one)))
    # One item became several, such as those separated by full-width commas.
    parted = [index for index in range(len(one)) if () in below.get(str(index), ())]
    after = len(one) - parted[0] - 1 if len(parted) == 1 else -1
    return (
        after >= 0 and one[: parted[0]] == other[: parted[0]] and one[len(one) - after :] == other[len(other) - after :]
    )


def _summary(done: tuple[Problem, ...]) -> str:
    if not done:
        return _("nothing to fix automatically: the remaining problems have no single right answer")
    in_order = sorted(done, key=lambda problem: (problem.place, problem.rule))
    lines = [_("fixed: {problem}").format(problem=problem) for problem in in_order]
    count = len({problem.place.path for problem in done})
    counted = plural("Fixed {n} problem", "Fixed {n} problems", len(done))
    return "\n".join(
        (*lines, _("{problems} in {files}").format(problems=counted, files=plural("{n} file", "{n} files", count)))
    )
