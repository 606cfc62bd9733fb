"""Merge two customers: carry out a plan in one change, with one commit by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.record.change.write import new_warnings, write, writing
from crmtext.record.rm import held
from crmtext.terminal.quoting import quoted
from crmtext.unite import text
from crmtext.unite.plan import plan, warning
from crmtext.wording.values import customer_name

if TYPE_CHECKING:
    from crmtext.answer import Change
    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store
    from crmtext.unite.plan import Plan, Wishes


def merge(store: Store, one: str, other: str, wishes: Wishes, how: WriteOptions) -> Plan | Change:
    """Merge two customers and return the change; nothing is written if the user has to decide, and the plan returned.

    A dry run returns the change with its diff.
    """
    how = how._replace(commit=how.commit is not False, action="merge", tell=None)
    with writing(store, how):
        plan_ = plan(store, store.worktree(), one, other, wishes)
        if plan_.open:
            return plan_
        _reject_uncommitted(store, plan_)
        warnings = (*warning(plan_), *new_warnings(store, plan_.drafts))
        summary = text.summary(plan_, store)
        own = text.message(plan_, store)
        # As a function, it also serves the commit that the user makes of the changed files.
        done = write(store, plan_.drafts, summary, how, message="" if how.message else lambda _parts: own)
        if how.dry_run:
            summary = f"{summary}\n" + _("nothing was written")
        elif done.commit:
            summary = (
                done.summary + "\n" + _("to undo: crmtext undo, or git revert {commit}").format(commit=done.commit[:8])
            )
        else:
            summary = done.summary + "\n" + _("to undo: {command}").format(command="crmtext undo")
        document = text.document(plan_, store)
        return done._replace(summary=summary, problems=(*done.problems, *warnings), document=document)


def _reject_uncommitted(store: Store, plan_: Plan) -> None:
    """Raise CrmError if git's history would not have all of the record that goes."""
    going = plan_.sides[plan_.other]
    if store.repository is None and (plan_.replaced or plan_.comments):
        message = _("without git, what {name} doesn't pass on would be lost").format(name=customer_name(going))
        raise usage("not-committed", message, _("create a repository and commit the records: git init"))
    if store.repository is not None and not held(store, going):
        message = _("{path} has uncommitted changes, and this record goes").format(path=going.path)
        hint = _("commit them first: {command}").format(
            command=f"git add {quoted(going.path)} && git commit {quoted(going.path)}"
        )
        raise usage("not-committed", message, hint)
