"""A handover done: the booklet written, the records changed, one commit made, on a branch of its own if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crmtext.diff.message import colleague, lasting
from crmtext.disk import files
from crmtext.git.plumbing import branch
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.git.upstream import push_remote
from crmtext.handover.booklet import booklet
from crmtext.handover.plan import Asked, Plan, plan
from crmtext.handover.tally import open_there, tally
from crmtext.i18n import _, plural, speaking
from crmtext.layout import RECORDS
from crmtext.problem import cannot, usage
from crmtext.record.change.write import checked, write, writing
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
    """What is to come of a handover beside the change itself: a booklet, a branch, the diff of a dry run."""

    output: Path | None = None
    branch: str = ""
    diff: bool = False


def run_handover(store: Store, asked: Asked, wanted: Wanted, how: WriteOptions) -> Change:
    """Hand the customers over, in a commit unless none is wanted, or only show what that would change."""
    how = how._replace(commit=how.commit is not False, branch=wanted.branch, action="handover", tell=None)
    if wanted.branch and not how.commit:
        raise usage("branch-name", _("--branch and --no-commit can't be combined"), _("leave one out"))
    with writing(store, how):
        snapshot = store.worktree()
        made = plan(snapshot, asked)
        drafts = made.drafts(snapshot)
        if wanted.output:
            form = "html" if wanted.output.suffix.lower() in (".html", ".htm") else "markdown"
            within = files.trusted(wanted.output.parent, store.root)
            before = files.read(wanted.output, within=within)
            files.write(wanted.output, booklet(made, snapshot, form).encode(), before, within=within)
        told = _summary(made, store)
        if how.commit and not how.dry_run:
            _refuse_unsaved(store.git(), drafts)
        # Its warnings are of each customer, and there may be many: only an error stops it.
        checked(store, drafts)
        done = write(store, drafts, told, how, message="" if how.message else message(made, store))
        said = done.summary
        if how.dry_run:
            hint = _("records are unchanged") if wanted.diff else _("records are unchanged; --diff shows each change")
            said = f"{told}\n{hint}"
        if wanted.output:
            said += "\n" + _("booklet: {path}").format(path=files.near(wanted.output))
        if done.commit and wanted.branch:
            said += "\n" + "\n".join(_on_branch(store.git(), wanted.branch))
        elif done.commit:
            said += "\n" + _("to undo: crmtext undo, or git revert {commit}").format(commit=done.commit[:8])
        return done._replace(summary=said, problems=(*done.problems, *_named(made)))


def _on_branch(repo: Repository, name: str) -> Iterator[str]:
    """Where the commit is, since nothing here has changed; and how to push the branch, or to drop it."""
    yield _("the commit is on the new branch {branch}; you are still on {current}").format(
        branch=name, current=branch(repo) or "HEAD"
    )
    if remote := push_remote(repo):
        yield _("to push it for review: {command}").format(command=f"git push -u {quoted(remote)} {quoted(name)}")
    yield _("to undo: {command}").format(command=f"git branch -D {quoted(name)}")


def _refuse_unsaved(repo: Repository, drafts: Sequence[Draft]) -> None:
    """A handover of many is not to be mixed with what a user has changed and not committed."""
    staged = {each.new or each.old or "" for each in changed_staged(repo, repo.prefix + RECORDS)}
    changed = {*changed_on_disk(repo, repo.prefix + RECORDS), *staged}
    touched = sorted(changed.intersection(repo.prefix + each.path for each in drafts))
    if touched:
        message = _("{path} has uncommitted changes").format(path=touched[0])
        raise cannot("uncommitted-changes", message, _("commit them first: git commit {path}").format(path=touched[0]))


def message(made: Plan, store: Store) -> str:
    """The commit's message, in the store's language: who, how many, each customer in a line, trailers."""
    with speaking(store.settings.language or "en"):
        return _message(made, store.settings)


def _message(made: Plan, settings: Settings) -> str:
    asked = made.asked
    takers = dict.fromkeys(move.taker for move in made.moves) or {asked.taker: None}
    count = len(made.moves) or len(made.promises)
    subject = _("handover: {customers}, {giver} → {takers}").format(
        customers=plural("{n} customer", "{n} customers", count),
        giver=colleague(asked.giver, settings),
        takers=_(", ").join(colleague(each, settings) for each in takers),
    )
    return "\n\n".join((subject, "\n".join(_lines(made, settings)), "\n".join(_trailers(made)))) + "\n"


def _lines(made: Plan, settings: Settings) -> Iterator[str]:
    giver = colleague(made.asked.giver, settings)
    for move in made.moves:
        line = _("owner {giver} → {taker}").format(giver=giver, taker=colleague(move.taker, settings))
        yield "- " + _("{name}: {what}").format(name=_called(move.customer), what=line)
    for customer in made.promises:
        taker = colleague(made.asked.taker, settings)
        line = _("what {giver} promised → {taker}").format(giver=giver, taker=taker)
        yield "- " + _("{name}: {what}").format(name=_called(customer), what=line)


def _called(customer: Customer) -> str:
    return lasting(customer.short, customer.id, customer.type)


def _trailers(made: Plan) -> Iterator[str]:
    every = (*(move.customer for move in made.moves), *made.promises)
    yield from (f"Crm-Customer: {customer.id}" for customer in every)
    yield "Crm-Action: handover"


def _named(made: Plan) -> tuple[Problem, ...]:
    """The warnings, each with the customer's name: nobody knows customers by their files."""
    names = {move.customer.path: move.customer.short for move in made.moves}
    return tuple(
        each._replace(message=_("{name}: {what}").format(name=names[each.place.path], what=each.message))
        for each in made.warnings
    )


def _summary(made: Plan, store: Store) -> str:
    """Each customer with the day of introduction and what is open, by taker."""
    settings = store.settings
    count = plural("{n} customer", "{n} customers", len(made.moves))
    lines = [_("{giver} hands over {customers}").format(giver=settings.shown(made.asked.giver), customers=count)]
    if figures := tally(made):
        lines.append("  " + _(", ").join(figures))
    for move in made.moves:
        day = _("introduction by {date}").format(date=move.introduce) if move.introduce else _("lost, no introduction")
        lines.append(_taken_over(settings.shown(move.taker), move.customer, day))
        if open_ := open_there(move.customer, store.today):
            lines.append("    " + _("open: {what}").format(what=_(", ").join(open_)))
    for customer in made.promises:
        said = _("only what they promised")
        lines.append(_taken_over(settings.shown(made.asked.taker), customer, said))
    return "\n".join(lines)


def _taken_over(taker: str, customer: Customer, what: str) -> str:
    said = _("{taker}: {customer} ({id}), {what}")
    return "  → " + said.format(taker=taker, customer=customer.short, id=customer.id, what=what)
