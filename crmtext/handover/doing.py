"""A handover done: the booklet written, the records changed, one commit made, on a branch of its own if asked."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crmtext import files
from crmtext.answer import Change
from crmtext.git.commit import refuse_staged
from crmtext.git.plumbing import ask, head, run
from crmtext.git.reading import changed_on_disk, changed_staged
from crmtext.handover.booklet import booklet
from crmtext.handover.plan import Asked, Plan, plan
from crmtext.handover.tally import tally
from crmtext.i18n import _, plural
from crmtext.problem import CrmError, cannot, usage
from crmtext.record.draft import Draft, How, write
from crmtext.sources import RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from crmtext.git.plumbing import Repository
    from crmtext.problem import Problem
    from crmtext.store import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to come of a handover: a booklet, a branch, a dry run only."""

    output: Path | None = None
    branch: str = ""
    dry_run: bool = False


def run_handover(store: Store, asked: Asked, wanted: Wanted) -> Change:
    """Hand the customers over, or only show what that would change."""
    with _alone(store, wanted):
        snapshot = store.worktree()
        made = plan(snapshot, asked)
        drafts = made.drafts(snapshot)
        how = How(dry_run=wanted.dry_run)
        if wanted.output:
            form = "html" if wanted.output.suffix.lower() in (".html", ".htm") else "markdown"
            files.write(wanted.output, booklet(made, snapshot, form).encode(), files.read(wanted.output))
        if wanted.dry_run:
            shown = write(store, drafts, "", how)
            return Change(shown.changed, _summary(made, store), shown.diff, problems=_named(made))
        told = _summary(made, store)
        id_ = _commit(store, drafts, made, told, wanted.branch)
        said = told + "\n" + _("committed as {commit}; undo: git revert {commit}").format(commit=id_[:8])
        return Change(tuple((each.id, each.path) for each in drafts), said, commit=id_, problems=_named(made))


def _alone(store: Store, wanted: Wanted) -> AbstractContextManager[None]:
    return nullcontext() if wanted.dry_run else store.writing()


def _commit(store: Store, drafts: Sequence[Draft], made: Plan, summary: str, branch: str) -> str:
    repo = store.git()
    new = {repo.prefix + each.path: each.after.text.encode() for each in drafts if each.after}
    _refuse_unsaved(repo, tuple(new))
    refuse_staged(repo, new)
    old_branch = ask(repo, "symbolic-ref", "--quiet", "HEAD") or ""
    if branch:
        _switch(repo, branch)
    try:
        return write(store, drafts, summary, How(commit=True), message=message(made)).commit or ""
    except CrmError:
        if branch and old_branch:
            run(repo, "symbolic-ref", "HEAD", old_branch)
            run(repo, "update-ref", "-d", f"refs/heads/{branch}")
        raise


def _refuse_unsaved(repo: Repository, paths: Sequence[str]) -> None:
    """A commit of ours must not take along what a user has changed and not committed."""
    staged = {each.new or each.old or "" for each in changed_staged(repo, repo.prefix + RECORDS)}
    changed = {*changed_on_disk(repo, repo.prefix + RECORDS), *staged}
    touched = sorted(changed.intersection(paths))
    if touched:
        message = _("{path} has changes that are not committed").format(path=touched[0])
        raise cannot("uncommitted-changes", message, _("commit them first: git commit {path}").format(path=touched[0]))


def _switch(repo: Repository, branch: str) -> None:
    """Go to a new branch where HEAD is, as `git switch -c` does: no file changes."""
    if ask(repo, "check-ref-format", "--branch", branch) != branch:
        raise usage(
            "branch-name", _("'{name}' is no name of a branch").format(name=branch), _("such as handover-liuyang")
        )
    if ask(repo, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"):
        raise usage(
            "branch-exists", _("there is a branch '{name}' already").format(name=branch), _("take another name")
        )
    run(repo, "update-ref", f"refs/heads/{branch}", head(repo) or "", "0" * len(repo.empty_tree))
    run(repo, "symbolic-ref", "-m", f"crmtext handover: to {branch}", "HEAD", f"refs/heads/{branch}")


def message(made: Plan) -> str:
    """The commit's message: who, how many, each customer in a line, trailers."""
    asked = made.asked
    takers = dict.fromkeys(move.taker for move in made.moves) or {asked.taker: None}
    count = len(made.moves) or len(made.promises)
    subject = f"handover: {count} customer{'' if count == 1 else 's'}, {asked.giver} → {', '.join(takers)}"
    return "\n\n".join((subject, "\n".join(_lines(made)), "\n".join(_trailers(made)))) + "\n"


def _lines(made: Plan) -> Iterator[str]:
    for move in made.moves:
        customer = move.customer
        name = customer.id if customer.type == "person" else " ".join(customer.short.split())
        yield f"- {name}: owner {made.asked.giver} → {move.taker}"
    for customer in made.promises:
        name = customer.id if customer.type == "person" else " ".join(customer.short.split())
        yield f"- {name}: what {made.asked.giver} promised → {made.asked.taker}"


def _trailers(made: Plan) -> Iterator[str]:
    every = (*(move.customer for move in made.moves), *made.promises)
    yield from (f"Crm-Customer: {customer.id}" for customer in every)
    yield "Crm-Action: handover"


def _named(made: Plan) -> tuple[Problem, ...]:
    """The warnings, each with the customer's name: nobody knows customers by their files."""
    names = {move.customer.path: move.customer.short for move in made.moves}
    return tuple(
        replace(each, message=_("{name}: {what}").format(name=names[each.place.path], what=each.message))
        for each in made.warnings
    )


def _summary(made: Plan, store: Store) -> str:
    """Each customer with the day of introduction, by taker."""
    settings = store.settings
    count = plural("{n} customer", "{n} customers", len(made.moves))
    lines = [_("{giver} hands over {customers}").format(giver=settings.shown(made.asked.giver), customers=count)]
    if figures := tally(made):
        lines.append("  " + _(", ").join(figures))
    for move in made.moves:
        day = _("introduction by {date}").format(date=move.introduce) if move.introduce else _("lost, no introduction")
        lines.append(f"  → {settings.shown(move.taker)}: {move.customer.short} ({move.customer.id}), {day}")
    for customer in made.promises:
        said = _("only what was promised")
        lines.append(f"  → {settings.shown(made.asked.taker)}: {customer.short} ({customer.id}), {said}")
    return "\n".join(lines)
