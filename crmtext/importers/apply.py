"""Write a plan: the records in one change, with a commit that names the source and what it wrote."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from crmtext.i18n import _, plural, speaking
from crmtext.importers.past.commit_digest import digest
from crmtext.importers.past.imports import BASE, COLUMNS, KEPT, MAPPING, RECORDS, ROWS, SOURCE
from crmtext.importers.plan.absent import columns
from crmtext.layout import is_mapping
from crmtext.record.change.write import write
from crmtext.sources import is_record
from crmtext.terminal.quoting import quoted
from crmtext.text.read.load import peek

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.answer import Change
    from crmtext.importers.plan.result import Plan
    from crmtext.record.change.write import WriteOptions
    from crmtext.storage.journal import Part


def apply(plan: Plan, digests: Iterable[str], how: WriteOptions) -> Change:
    """Write a plan and return the change; the plan then has the commit and the branch. Under the store's lock only."""
    text = partial(message, plan, digests, how)
    change = write(plan.store, plan.drafts, "", how, message=text, judged=True, brief=True, empty=not plan.drafts)
    plan.commit, plan.branch = change.commit, how.branch or None
    return change


def message(plan: Plan, digests: Iterable[str], how: WriteOptions, parts: Sequence[Part]) -> str:
    """Return the message of the commit of these parts: numbers only, no names and no values, trailers for programs."""
    mappings = (part.after for part in parts if part.after and is_mapping(part.path))
    records = sorted((part for part in parts if is_record(part.path)), key=lambda part: part.path)
    with speaking(plan.store.settings.language or "en"):
        counted = _("import {source}: {new} new, {changed} changed").format(
            source=plan.understanding.source, new=plan.count("new"), changed=plan.count("changed")
        )
        if number := len(plan.deleted):
            counted += _(", ") + _("{n} deleted").format(n=number)
    lines = [
        "Crm-Action: import",
        f"{SOURCE}: {plan.understanding.source}",
        *(f"Crm-Import-File: sha256:{file}" for file in dict.fromkeys(digests)),
        f"{RECORDS}: sha256:{digest(map(_sides, records))}",
        *(
            f"{COLUMNS}: {path} {' '.join(sorted(names))}"
            for path, names in sorted(columns(plan.understanding.tables, plan.store.schema).items())
        ),
        *(f"{ROWS}: {number} {' '.join(ids)}" for number, ids in sorted(plan.several.items())),
        *(f"{MAPPING}: sha256:{sha256(mapping).hexdigest()}" for mapping in mappings),
        *dict.fromkeys(f"{KEPT}: {' '.join(conflict.trailer)}" for conflict in plan.kept),
        *(f"{BASE}: {' '.join(filter(None, accepted))}" for accepted in plan.accepted),
    ]
    return f"{how.message.strip() or counted}\n\n" + "\n".join(lines) + "\n"


def next_steps(plan: Plan, change: Change) -> Iterator[str]:
    """Yield where the import is and how to take it back."""
    if change.commit and plan.branch:
        short = change.commit[:8]
        yield _("Committed to branch {branch} ({commit}). Your work tree is unchanged.").format(
            branch=plan.branch, commit=short
        )
        yield _("to review it: {command}").format(command=f"crmtext diff ..{quoted(plan.branch)}")
        yield _("to undo: {command}").format(command=f"git branch -D {quoted(plan.branch)}")
    elif change.commit:
        yield change.summary.strip()
        yield _("to undo: {command}").format(command=f"crmtext undo {change.commit[:8]}")
    elif change.changed:
        files = plural("{n} file changed, not committed", "{n} files changed, not committed", len(change.changed))
        yield files
        yield _("to undo: {command}").format(command="crmtext undo")
    elif plan.writes:
        yield _("Nothing was written.")
        yield _("only a commit keeps your decisions: import again without --no-commit")


def _sides(part: Part) -> tuple[str, dict[str, object], dict[str, object]]:
    before, after = ({} if raw is None else dict(peek(raw, part.path).data) for raw in (part.before, part.after))
    return part.path, before, after
