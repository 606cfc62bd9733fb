"""Set what the classification rules propose: all differing customers in one commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.figures.circles import TAGS
from crmtext.figures.classify import differences
from crmtext.figures.classify_text import no_rules
from crmtext.i18n import plural
from crmtext.query.listing import left_out
from crmtext.record.change.draft import draft, naming
from crmtext.record.change.steps import put
from crmtext.record.change.write import check_and_write, writing
from crmtext.record.input import path
from crmtext.settings.rule_tables import SETTABLE
from crmtext.text.edit.rewrite import Append
from crmtext.wording.values import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmtext.answer import Change
    from crmtext.figures.classify import Classified
    from crmtext.model import Customer
    from crmtext.record.change.draft import Draft
    from crmtext.record.change.write import WriteOptions
    from crmtext.snapshot import Snapshot
    from crmtext.store import Store
    from crmtext.text.edit.rewrite import Operation


def run(store: Store, choose: Callable[[Snapshot], Iterable[Customer]], how: WriteOptions) -> Change:
    """Set what the rules propose for the chosen customers: all of them or none, in a commit unless none is wanted."""
    how = how._replace(commit=how.commit is not False, action="classify")
    with writing(store, how):
        snapshot = store.worktree()
        done = differences(snapshot, choose(snapshot))
        drafts = [_draft(one, store) for one in done.customers]
        applied = {change.rule for one in done.customers for change in one.changes}
        rules = [rule.name for rule in snapshot.settings.classification_rules if rule.name in applied]
        parts = [plural("{n} customer changed", "{n} customers changed", len(drafts))]
        parts += [plural("{n} unchanged", "{n} unchanged", done.unchanged)] if done.unchanged else []
        summary = joined(filter(None, (*parts, left_out(snapshot))))
        if not snapshot.settings.classification_rules:
            summary = no_rules()
        named = tuple(f"Crm-Rule: {' '.join(rule.split())}" for rule in rules)
        return check_and_write(store, drafts, summary, how._replace(trailers=named))


def _draft(one: Classified, store: Store) -> Draft:
    document = one.customer.document
    with naming(document):
        return draft(document, _operations(one, store), store.schema)


def _operations(one: Classified, store: Store) -> Iterator[Operation]:
    document = one.customer.document
    for change in one.changes:
        if change.key == TAGS:
            order = path.order(store.schema, document.data, f"/{TAGS}")
            new = (tag for tag in change.after if tag not in (change.before or ()))
            yield from (Append(f"/{TAGS}", tag, order) for tag in new)
        else:
            key = path.resolve(store.schema, document.data, SETTABLE[change.key])
            yield from put(key, change.after, document, store)
