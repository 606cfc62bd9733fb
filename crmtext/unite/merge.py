"""Merge two customers: carry out a plan in one change, with one commit by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.i18n import _
from crmtext.problem import CrmError, usage
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


def merge(
    store: Store, one: str, other: str, wishes: Wishes, how: WriteOptions, asked: Plan | None = None
) -> Plan | Change:
    """Merge two customers and return the change; nothing is written if the user has to decide, and the plan returned.

    A dry run returns the change with its diff. Answers in the wishes belong to the plan that was `asked` about: they
    don't count if a record has changed since.
    """
    how = how._replace(commit=how.commit is not False, action="merge", tell=None)
    with writing(store, how):
        plan_ = plan(store, store.worktree(), one, other, wishes)
        if asked and not _is_same(asked, plan_):
            plan_ = plan(store, store.worktree(), one, other, wishes._replace(chosen={}))
        if plan_.open:
            return plan_
        reject_loss(store, plan_)
        going = plan_.sides[plan_.other]
        if store.repository is not None and not held(store, going):
            raise uncommitted(going.path)
        warnings = (*warning(plan_), *new_warnings(store, plan_.drafts))
        summary = text.summary(plan_, store)
        own = text.message(plan_, store)
        # As a function, it also serves the commit that the user makes of the changed files.
        done = write(store, plan_.drafts, summary, how, message="" if how.message else lambda _parts: own)
        summary = f"{summary}\n" + _("nothing was written") if how.dry_run else f"{done.summary}\n{to_undo(done)}"
        document = text.document(plan_, store)
        return done._replace(summary=summary, problems=(*done.problems, *warnings), document=document)


def _is_same(one: Plan, two: Plan) -> bool:
    """Whether two plans are about the same texts."""
    return [(side.path, side.text) for side in one.sides.values()] == [
        (side.path, side.text) for side in two.sides.values()
    ]


def to_undo(done: Change) -> str:
    """Return the line that says how to take a change back."""
    if done.commit:
        return _("to undo: crmtext undo, or git revert {commit}").format(commit=done.commit[:8])
    return _("to undo: {command}").format(command="crmtext undo")


def reject_loss(store: Store, plan_: Plan) -> None:
    """Raise CrmError if there is no git, whose history has what the record that stays doesn't take over."""
    if store.repository is None and (plan_.replaced or plan_.comments_left):
        name = customer_name(plan_.sides[plan_.other])
        message = _("without git, what {name} doesn't pass on would be lost").format(name=name)
        raise usage("not-committed", message, _("create a repository and commit the records: git init"))


def uncommitted(path: str) -> CrmError:
    """Return the error for a record that goes and that the last commit doesn't hold."""
    message = _("{path} has uncommitted changes, and this record goes").format(path=path)
    command = f"git add {quoted(path)} && git commit {quoted(path)}"
    return usage("not-committed", message, _("commit them first: {command}").format(command=command))
