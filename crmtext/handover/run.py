"""Run a handover: write the booklet, change the records, make one commit, on a branch of its own if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.diff.message import colleague, lasting_name
from crmtext.disk import files
from crmtext.git.plumbing import branch
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.git.upstream import push_remote
from crmtext.handover.booklet import booklet
from crmtext.handover.plan import Asked, Plan, plan
from crmtext.handover.tally import open_work, tally
from crmtext.i18n import _, plural, speaking
from crmtext.layout import RECORDS
from crmtext.problem import cannot, usage
from crmtext.record.change.write import new_warnings, write, writing
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from crmtext.answer import Change
    from crmtext.git.plumbing import Repository
    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.record.change.draft import Draft
    from crmtext.record.change.write import WriteOptions
    from crmtext.settings import Settings
    from crmtext.store import Store


class Wanted(NamedTuple):
    """Results besides the change itself: a booklet, a branch, the diff in a dry run."""

    output: Path | None = None
    branch: str = ""
    diff: bool = False


def run_handover(store: Store, asked: Asked, wanted: Wanted, how: WriteOptions) -> Change:
    """Hand the customers over in one commit, unless none is wanted; a dry run only shows what would change."""
    how = how._replace(commit=how.commit is not False, branch=wanted.branch, action="handover", tell=None)
    if wanted.branch and not how.commit:
        raise usage("branch-name", _("--branch and --no-commit can't be combined"), _("leave one out"))
    with writing(store, how):
        snapshot = store.worktree()
        plan_ = plan(snapshot, asked)
        drafts = plan_.drafts(snapshot)
        if wanted.output:
            form = "html" if wanted.output.suffix.lower() in (".html", ".htm") else "markdown"
            within = files.trusted(wanted.output.parent, store.root)
            before = files.read(wanted.output, within=within)
            files.write(wanted.output, booklet(plan_, snapshot, form).encode(), before, within=within)
        overview = _summary(plan_, store)
        if how.commit and not how.dry_run:
            _refuse_unsaved(store.git(), drafts)
        # Warnings may be many, one for each customer, so only an error stops the handover.
        new_warnings(store, drafts)
        done = write(store, drafts, overview, how, message="" if how.message else message(plan_, store))
        summary = done.summary
        if how.dry_run:
            hint = _("records are unchanged") if wanted.diff else _("records are unchanged; --diff shows each change")
            summary = f"{overview}\n{hint}"
        if wanted.output:
            summary += "\n" + _("booklet: {path}").format(path=files.near(wanted.output))
        if done.commit and wanted.branch:
            summary += "\n" + "\n".join(_on_branch(store.git(), wanted.branch))
        elif done.commit:
            summary += "\n" + _("to undo: crmtext undo, or git revert {commit}").format(commit=done.commit[:8])
        return done._replace(summary=summary, problems=(*done.problems, *_named(plan_)))


def _on_branch(repo: Repository, name: str) -> Iterator[str]:
    """Yield where the commit is, and how to push or delete the branch; the current branch is unchanged."""
    yield _("the commit is on the new branch {branch}; you are still on {current}").format(
        branch=name, current=branch(repo) or "HEAD"
    )
    if remote := push_remote(repo):
        yield _("to push it for review: {command}").format(command=f"git push -u {quoted(remote)} {quoted(name)}")
    yield _("to undo: {command}").format(command=f"git branch -D {quoted(name)}")


def _refuse_unsaved(repo: Repository, drafts: Sequence[Draft]) -> None:
    """Raise CrmError if a record to hand over has uncommitted changes."""
    staged = {change.new or change.old or "" for change in changed_staged(repo, repo.prefix + RECORDS)}
    changed = {*changed_on_disk(repo, repo.prefix + RECORDS), *staged}
    touched = sorted(changed.intersection(repo.prefix + draft.path for draft in drafts))
    if touched:
        message = _("{path} has uncommitted changes").format(path=touched[0])
        raise cannot("uncommitted-changes", message, _("commit them first: git commit {path}").format(path=touched[0]))


def message(plan: Plan, store: Store) -> str:
    """Return the commit message in the store's language: subject, a line for each customer, trailers."""
    with speaking(store.settings.language or "en"):
        return _message(plan, store.settings)


def _message(plan: Plan, settings: Settings) -> str:
    asked = plan.asked
    takers = dict.fromkeys(move.taker for move in plan.moves) or {asked.taker: None}
    count = len(plan.moves) or len(plan.promises)
    subject = _("handover: {customers}, {giver} → {takers}").format(
        customers=plural("{n} customer", "{n} customers", count),
        giver=colleague(asked.giver, settings),
        takers=_(", ").join(colleague(taker, settings) for taker in takers),
    )
    return "\n\n".join((subject, "\n".join(_lines(plan, settings)), "\n".join(_trailers(plan)))) + "\n"


def _lines(plan: Plan, settings: Settings) -> Iterator[str]:
    giver = colleague(plan.asked.giver, settings)
    for move in plan.moves:
        line = _("owner {giver} → {taker}").format(giver=giver, taker=colleague(move.taker, settings))
        yield "- " + _("{name}: {what}").format(name=_lasting_name(move.customer), what=line)
    for customer in plan.promises:
        taker = colleague(plan.asked.taker, settings)
        line = _("what {giver} promised → {taker}").format(giver=giver, taker=taker)
        yield "- " + _("{name}: {what}").format(name=_lasting_name(customer), what=line)


def _lasting_name(customer: Customer) -> str:
    return lasting_name(customer.short, customer.id, customer.type)


def _trailers(plan: Plan) -> Iterator[str]:
    every = (*(move.customer for move in plan.moves), *plan.promises)
    yield from (f"Crm-Customer: {customer.id}" for customer in every)
    yield "Crm-Action: handover"


def _named(plan: Plan) -> tuple[Problem, ...]:
    """Return the warnings, each with the customer's name."""
    names = {move.customer.path: move.customer.short for move in plan.moves}
    return tuple(
        problem._replace(message=_("{name}: {what}").format(name=names[problem.place.path], what=problem.message))
        for problem in plan.warnings
    )


def _summary(plan: Plan, store: Store) -> str:
    """Return the summary: each customer with new owner, day of introduction and open work."""
    settings = store.settings
    count = plural("{n} customer", "{n} customers", len(plan.moves))
    lines = [_("{giver} hands over {customers}").format(giver=settings.shown(plan.asked.giver), customers=count)]
    if figures := tally(plan):
        lines.append("  " + _(", ").join(figures))
    for move in plan.moves:
        day = _("introduction by {date}").format(date=move.introduce) if move.introduce else _("no introduction")
        if move.customer.status == "lost":
            day = _("lost, no introduction")
        lines.append(_customer_line(settings.shown(move.taker), move.customer, day))
        if open_ := open_work(move.customer, store.today):
            lines.append("    " + _("open: {what}").format(what=_(", ").join(open_)))
    for customer in plan.promises:
        reason = _("only what they promised")
        lines.append(_customer_line(settings.shown(plan.asked.taker), customer, reason))
    return "\n".join(lines)


def _customer_line(taker: str, customer: Customer, what: str) -> str:
    line = _("{taker}: {customer} ({id}), {what}")
    return "  → " + line.format(taker=taker, customer=customer.short, id=customer.id, what=what)
