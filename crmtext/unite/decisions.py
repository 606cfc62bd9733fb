"""The decisions of a workbook of likely duplicates are carried out as one change, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.answer import Text
from crmtext.i18n import _, pick, plural, speaking
from crmtext.problem import Exit
from crmtext.record.change.commit import trailers
from crmtext.record.change.write import new_warnings, write, writing
from crmtext.unite import text
from crmtext.unite.merge import reject_loss, to_undo
from crmtext.unite.records import Records
from crmtext.unite.settle import settle
from crmtext.unite.sheet import HEADERS
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.answer import Answer, Change
    from crmtext.record.change.draft import Draft
    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store
    from crmtext.unite.settle import Open, Settled
    from crmtext.unite.sheet import Decision

#: How many merges the commit message and the output name.
_MOST = 50


class Done(NamedTuple):
    """The result of decisions; without a change, nothing was written."""

    settled: Settled
    store: Store
    change: Change | None
    partial: bool
    dry_run: bool

    @property
    def exit(self) -> Exit:
        """The exit code."""
        return Exit.FOUND if self.settled.open else Exit.FINE


def carry_out(store: Store, decisions: Sequence[Decision], how: WriteOptions, *, partial: bool) -> Done:
    """Carry out the decisions in one change; nothing is written if something is open.

    With `partial`, what is open is left out, with everything that is connected with it.
    """
    how = how._replace(commit=how.commit is not False, action="dedupe", tell=None)
    with writing(store, how):
        snapshot = store.worktree()
        records = Records(store, snapshot)
        settled = settle(records, decisions)
        if partial and settled.held_up:
            records = Records(store, snapshot)
            rest = [decision for decision in decisions if decision.row not in settled.held_up]
            settled = settle(records, rest)._replace(open=settled.open, held_up=settled.held_up)
        if (settled.open and not partial) or not records.drafts:
            return Done(settled, store, None, partial, how.dry_run)
        for plan in settled.merges:
            reject_loss(store, plan)
        warnings = new_warnings(store, records.drafts)
        own = message(settled, records.drafts, store)
        change = write(store, records.drafts, "", how, message="" if how.message else lambda _parts: own)
        return Done(settled, store, change._replace(problems=(*change.problems, *warnings)), partial, how.dry_run)


def message(settled: Settled, drafts: Sequence[Draft], store: Store) -> str:
    """Return the commit message in the store's language: the numbers, each merge, trailers."""
    with speaking(store.settings.language or "en"):
        subject = _("dedupe: {merged} merged, {different} kept apart").format(
            merged=len(settled.merges), different=settled.different
        )
        lines = []
        for plan in settled.merges:
            line = text.subject(plan)
            if plan.replaced:
                line += _("; ") + text.not_taken_over(plan, store)
            lines.append(f"- {line}")
    blocks = (subject, "\n".join(few(lines, _MOST)), trailers(drafts, "dedupe"))
    return "\n\n".join(block for block in blocks if block)


def answer(done: Done) -> Answer:
    """Return what was done and what is left: a change, or a text if there is none."""
    shown = "\n".join(_lines(done))
    if done.change is None:
        return Text(f"{shown}\n", _document(done))
    return done.change._replace(summary=shown, document=_document(done))


def _lines(done: Done) -> Iterator[str]:
    settled, store = done.settled, done.store
    for plan in settled.merges[:_MOST] if done.change else ():
        yield text.head(plan)
        if plan.replaced:
            yield "  " + text.not_taken_over(plan, store)
    if done.change and (more := len(settled.merges) - _MOST) > 0:
        yield plural("… and {n} more", "… and {n} more", more)
    yield _(", ").join(_figures(settled))
    for row in settled.open:
        yield from _open_lines(row, store)
    if any(row.plan for row in settled.open):
        yield _("to answer: write A, B or FIELD=VALUE into '{column}' and import the sheet again").format(
            column=pick(HEADERS["answer"])
        )
    if settled.open and not done.partial:
        yield _("to carry out the other rows: --partial")
    if done.change is None or done.dry_run:
        yield _("Nothing was written.")
    else:
        yield from done.change.summary.strip().splitlines()
        yield to_undo(done.change)


def _open_lines(row: Open, store: Store) -> Iterator[str]:
    yield _("row {row}: {what}").format(row=row.row, what=row.problem)
    if row.plan:
        yield from (f"  {line}" for line in text.open_lines(row.plan, store))
    if row.hint:
        yield f"  = {row.hint}"


def _figures(settled: Settled) -> Iterator[str]:
    yield plural("{n} customer merged into another", "{n} customers merged into others", len(settled.merges))
    yield plural("{n} pair marked as different", "{n} pairs marked as different", settled.different)
    yield plural("{n} left for later", "{n} left for later", settled.later)
    if settled.before:
        yield plural("{n} carried out before", "{n} carried out before", settled.before)
    if settled.open:
        yield plural("{n} to decide", "{n} to decide", len(settled.open))


def _document(done: Done) -> dict[str, Any]:
    """Return the JSON document."""
    settled = done.settled
    return {
        "decisions": {
            "merged": len(settled.merges),
            "different": settled.different,
            "later": settled.later,
            "before": settled.before,
        },
        "merges": [text.document(plan, done.store) for plan in settled.merges],
        "open": [_open(row, done.store) for row in settled.open],
        **({} if done.change else {"changed": [], "commit": None}),
    }


def _open(row: Open, store: Store) -> Mapping[str, Any]:
    differ = text.open_document(row.plan, store)["differ"] if row.plan else []
    return {"row": row.row, "problem": row.problem, "fix": row.hint, "differ": differ}
