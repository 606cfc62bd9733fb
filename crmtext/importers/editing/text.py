"""The plan of a workbook for editing in words: what it shows, and each changed field with both values."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from crmtext.diff.customers import Difference
from crmtext.diff.text import lines, mark, value
from crmtext.diff.words import Words
from crmtext.i18n import _, plural
from crmtext.merge.compare import compare
from crmtext.merge.item_keys import keys
from crmtext.text.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.importers.plan.edited import Edited
    from crmtext.importers.plan.result import Plan, Planned

#: How many changes, and missing rows, the text has; all of them are in the file of `-o`.
_MOST = 40


def head(edited: Edited) -> Iterator[str]:
    """Yield which commit the workbook shows, and what it holds that the export didn't write."""
    facts: dict[str, Any] = {"commit": edited.commit[:7], "month": edited.day.month, "day": edited.day.day}
    if not edited.since:
        yield _("Based on {commit} ({month:02}-{day:02})").format(**facts)
    else:
        yield plural(
            "Based on {commit} ({month:02}-{day:02}), {branch} has {n} commit since",
            "Based on {commit} ({month:02}-{day:02}), {branch} has {n} commits since",
            edited.since,
            branch=edited.branch or "HEAD",
            **facts,
        )
    if edited.further:
        yield "  " + _("not imported: {what}").format(what=_(", ").join(edited.further))


def changed(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Yield each change: the customer, the field, and both values in words."""
    schema = plan.store.schema
    words, item_keys = Words(schema, plan.store.settings), keys(schema.data)
    for planned in plan.customers:
        yield from _of(planned, words, item_keys)


def _of(planned: Planned, words: Words, item_keys: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    draft = planned.draft
    if draft.before is None or draft.after is None:
        yield planned.name, _("new"), ""
        return
    before, after = (Document(side.path, side.text, side.data) for side in (draft.before, draft.after))
    difference = Difference(before, after, tuple(compare(before.data, after.data, item_keys)))
    for change in lines(difference, words):
        sign = "" if change.kind == "changed" else f"{mark(change)} "
        yield planned.name, change.label, f"{sign}{value(change)}"


def body(plan: Plan) -> Iterator[str]:
    """Yield the changes, each on a line, and the rows that the workbook lacks."""
    every = changed(plan)
    for name, label, text in islice(every, _MOST):
        yield "  " + "  ".join(filter(None, (name, label, text)))
    if more := sum(1 for _one in every):
        yield "  " + plural("and {n} more; all of them: -o plan.md", "and {n} more; all of them: -o plan.md", more)
    if plan.gone:
        yield plural(
            "{n} exported row is no longer in the workbook; nothing is deleted:",
            "{n} exported rows are no longer in the workbook; nothing is deleted:",
            len(plan.gone),
        )
        yield from (f"  {one.name} ({one.id}) {one.field}".rstrip() for one in plan.gone[:_MOST])
        if len(plan.gone) > _MOST:
            rest = len(plan.gone) - _MOST
            yield "  " + plural("and {n} more; all of them: -o plan.md", "and {n} more; all of them: -o plan.md", rest)
