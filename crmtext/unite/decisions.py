"""The workbook of likely duplicates that comes back with decisions: merge the pairs, or mark them as different."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from crmtext.answer import Change
from crmtext.diff import draft_message
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, Exit, usage
from crmtext.record import set as record_set
from crmtext.terminal.quoting import quoted
from crmtext.unite.merge import merge
from crmtext.unite.plan import Wishes
from crmtext.unite.words import DECISIONS, HEADERS
from crmtext.values.folding import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store

_MEANINGS = {plain(word): name for name, words in DECISIONS.items() for word in (name, *words.values())}


class Decision(NamedTuple):
    """A decision about two customers, with the row of the sheet."""

    row: int
    one: str
    other: str
    #: `same`, `different` or `later`; else what was typed.
    verdict: str


class Done(NamedTuple):
    """The result of carrying out decisions."""

    counts: Mapping[str, int]
    #: The rows that were not carried out, with the reason and the command that does it.
    open: tuple[tuple[int, str], ...]

    @property
    def exit(self) -> Exit:
        """The exit code."""
        return Exit.FOUND if self.open else Exit.FINE


def is_list(header: Sequence[object]) -> bool:
    """Whether a sheet with this first row is a workbook of `dedupe`, in either language."""
    names = [str(name or "") for name in header][: len(HEADERS)]
    return any(names == [labels[language] for labels in HEADERS.values()] for language in ("en", "zh"))


def read(rows: Sequence[tuple[int, Sequence[object]]]) -> Iterator[Decision]:
    """Yield the decisions of a sheet's rows, given with their numbers; an empty one is `later`."""
    at = {name: place for place, name in enumerate(HEADERS)}
    for number, cells in rows:
        texts = [str(cell or "").strip() for cell in cells] + [""] * len(HEADERS)
        typed = texts[at["decision"]]
        if texts[at["one"]] and texts[at["other"]]:
            yield Decision(
                number, texts[at["one"]], texts[at["other"]], _MEANINGS.get(plain(typed), typed) if typed else "later"
            )


def carry_out(store: Store, decisions: Sequence[Decision], how: WriteOptions) -> Done:
    """Carry out each decision as a change of its own; what can't be done is named, the rest is done.

    A decision that was carried out before changes nothing and isn't counted. Raises CrmError if nothing can be written
    any more, as on a full disk: what was done before stays.
    """
    if how.branch:
        message = _("decisions about duplicates can't go to a branch of their own")
        raise usage("branch-name", message, _("leave out --branch"))
    counts: Counter[str] = Counter()
    left: list[tuple[int, str]] = []
    for decision in decisions:
        try:
            result = _carry_out(store, decision, how)
        except CrmError as error:
            if error.exit_code is Exit.CANNOT and error.problem.rule != "uncommitted-changes":
                row = _("row {row}: {what}").format(row=decision.row, what=error.problem.message)
                raise CrmError(error.problem._replace(message=row)) from None
            result = "" if error.problem.rule == "merge-itself" else error.problem.message
        if isinstance(result, str):
            left += [(decision.row, result)] if result else []
        elif result.changed or decision.verdict == "later":
            counts[decision.verdict] += 1
    return Done({**counts, "open": len(left)}, tuple(left))


def _carry_out(store: Store, decision: Decision, how: WriteOptions) -> Change | str:
    """Carry out a decision; return the change, or why it can't be made and the command for it."""
    if decision.verdict == "later":
        return Change((), "")
    if decision.verdict == "different":
        how = how._replace(action="set", tell=draft_message.message)
        return record_set.run(store, decision.one, (f"not_duplicate_of+={decision.other}",), how)
    if decision.verdict != "same":
        known = _(", ").join(DECISIONS)
        return _("'{value}' is not one of: {values}").format(value=decision.verdict, values=known)
    result = merge(store, decision.one, decision.other, Wishes(), how)
    if isinstance(result, Change):
        return result
    command = f"crmtext merge {quoted(decision.one)} {quoted(decision.other)}"
    return plural("{n} field differs", "{n} fields differ", len(result.open)) + _(": ") + command


def lines(done: Done, *, dry_run: bool) -> Iterator[str]:
    """Yield what was done, and what is left."""
    figures = (
        plural("{n} pair merged", "{n} pairs merged", done.counts.get("same", 0)),
        plural("{n} marked as different", "{n} marked as different", done.counts.get("different", 0)),
        plural("{n} left for later", "{n} left for later", done.counts.get("later", 0)),
        plural("{n} to decide", "{n} to decide", done.counts["open"]),
    )
    yield _(", ").join(figures)
    for row, problem in done.open:
        yield "  " + _("row {row}: {what}").format(row=row, what=problem)
    if dry_run:
        yield _("Nothing was written.")
    elif done.counts.get("same", 0) + done.counts.get("different", 0):
        yield _("each is a commit of its own; to undo the last one: crmtext undo")


def document(done: Done) -> dict[str, object]:
    """Return the JSON document."""
    left = [{"row": row, "problem": problem} for row, problem in done.open]
    counts = {
        "merged": done.counts.get("same", 0),
        **{name: done.counts.get(name, 0) for name in ("different", "later")},
    }
    return {"decisions": counts, "open": left}
