"""`crmtext sync`."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit, note, problem_document, tell
from crmtext.cli.resolve import describe_with_sides, hint
from crmtext.i18n import _, plural
from crmtext.problem import Exit
from crmtext.sync import sync as sync_sync
from crmtext.sync import waiting_branches
from crmtext.wording.values import few

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.problem import Problem
    from crmtext.store import Store
    from crmtext.sync.sync import Synced
    from crmtext.sync.waiting_branches import Merged

_MOST = 5


@click.command(cls=Command)
@click.option("-m", "message", default=None, metavar="TEXT", help="Commit valid edits made by hand first.")
@click.option(
    "--merge-branches", "branches", is_flag=True, help="Merge the crm/ branches into main instead (for a CI job)."
)
@options.form("text", "json")
def sync(message: str | None, form: str, *, branches: bool) -> Exit:
    """Fetch your colleagues' changes, merge them with your commits, check the result and push it.

    An unfinished merge is completed if no conflicts are left. Without -m, only committed changes are pushed. If two of
    you changed a field differently, both versions are shown; choose with `crmtext resolve`. Changes that would add an
    error are not pushed. If main is protected, your commits are pushed to the branch crm/HANDLE, to be merged there.
    """
    if message is not None and not message.strip():
        raise click.UsageError(_("-m requires a message"))
    if message and branches:
        raise click.UsageError(_("--merge-branches can't be combined with -m"))
    store = options.store(writes=True)
    if branches:
        return _merge_branches(store, form)
    done = sync_sync.run(store, message or "")
    tell(done.problems)
    emit(Text("".join(f"{line}\n" for line in _lines(store, done)), _document(done)), form)
    return Exit.FOUND if done.stopped else Exit.FINE


def _lines(store: Store, done: Synced) -> Iterator[str]:
    yield from done.committed
    if done.conflicts:
        yield _("both sides changed:")
        for conflict in done.conflicts:
            name = f"{conflict.customer}  {conflict.name}" if conflict.name else conflict.customer
            yield "  " + _("{name}: {what}").format(name=name, what=describe_with_sides(store, conflict))
        yield _("everything else is merged; nothing has been pushed")
        yield hint(store, done.conflicts)
        yield _("or undo the merge: {command}").format(command="git merge --abort")
        return
    if done.problems:
        if done.received:
            yield _counts(done._replace(sent=0))
        yield from _wrong(done)
        return
    yield from _pushed(done)
    if done.later:
        yield plural(
            "{n} newer commit is not pushed: crmtext sync",
            "{n} newer commits are not pushed: crmtext sync",
            done.later,
        )
    if done.uncommitted:
        yield _("not pushed, because not committed: {paths}").format(paths=", ".join(few(done.uncommitted, _MOST)))
        yield _("to commit and push them: {command}").format(command='crmtext sync -m "…"')


def _wrong(done: Synced) -> Iterator[str]:
    if done.unfinished:
        yield _("the merge in progress has errors; fix the lines above, `git add` the files and run crmtext sync again")
        return
    if done.wrong_edits:
        yield _("nothing committed or pushed; fix the lines above and run the command again")
        return
    if done.undone:
        yield _(
            "the merge result has errors although each version is valid; the merge was undone, nothing has been pushed"
        )
        command = f"git merge {done.undone}"
        yield _("fix your records and run crmtext sync again; or fix them in the merge: {command}").format(
            command=command
        )
        return
    yield _("nothing has been pushed: your commits have errors; fix them, commit, and run crmtext sync again")


def _pushed(done: Synced) -> Iterator[str]:
    if not done.branch:
        yield _counts(done)
        return
    if done.received:
        yield _counts(done._replace(sent=0))
    if done.sent:
        yield plural(
            "{name} is protected: {n} commit pushed to {branch}",
            "{name} is protected: {n} commits pushed to {branch}",
            done.sent,
            name=done.name,
            branch=done.branch,
        )
        if not done.for_a_person:
            yield _(
                "no further steps: your team's CI job merges {branch}; without such a job, open a pull request"
            ).format(branch=done.branch)
    if done.waiting > done.sent:
        yield plural(
            "{n} commit in {branch} is waiting to be merged into {name}",
            "{n} commits in {branch} are waiting to be merged into {name}",
            done.waiting,
            name=done.name,
            branch=done.branch,
        )
    if done.for_a_person:
        yield plural(
            "{branch} changes other files than records; its {n} commit must be merged by a pull request: {paths}",
            "{branch} changes other files than records; its {n} commits must be merged by a pull request: {paths}",
            done.waiting,
            branch=done.branch,
            paths=", ".join(few(done.for_a_person, _MOST)),
        )


def _counts(done: Synced) -> str:
    if not done.received and not done.sent:
        return _("{name}: already up to date").format(name=done.name)
    parts = []
    if done.received:
        parts.append(plural("{n} commit received", "{n} commits received", done.received))
    if done.sent:
        parts.append(plural("{n} commit pushed", "{n} commits pushed", done.sent))
    return _("{name}: {what}").format(name=done.name, what=_(", ").join(parts))


def _document(done: Synced) -> dict[str, object]:
    return {
        "upstream": done.name,
        "received": done.received,
        "sent": 0 if done.stopped else done.sent,
        "conflicts": [
            {
                "customer": conflict.customer,
                "path": conflict.path,
                "kind": conflict.kind.value,
                "keys": list(conflict.keys),
            }
            for conflict in done.conflicts
        ],
        "problems": [problem_document(problem) for problem in done.problems],
        "uncommitted": list(done.uncommitted),
        "later": done.later,
        "merge": done.merge,
        "edits": done.edits,
        "branch": done.branch or None,
        "waiting": done.waiting,
        "for_a_person": list(done.for_a_person),
    }


def _merge_branches(store: Store, form: str) -> Exit:
    results = []
    for result in waiting_branches.merge_all(store, partial(_denials, store)):
        results.append(result)
        tell(result.problems)
        for commit, denied in groupby(result.denied, lambda problem: problem.commit):
            note(_("commit {id} on {ref}").format(id=commit[:10], ref=result.branch))
            tell(denied)
        line = _("{name}: {what}").format(name=result.branch, what=_result(result))
        if result.left:
            # On stderr, so that cron mails only these.
            note(line)
        elif form == "text":
            emit(Text(f"{line}\n"), form)
    document = {
        "branches": [
            {
                "branch": result.branch,
                "merged": 0 if result.left else result.commits,
                "conflicts": list(result.conflicts),
                "for_a_person": list(result.for_a_person),
                "problems": [problem_document(problem) for problem in result.problems],
                "denied": [{**problem_document(problem), "commit": problem.commit} for problem in result.denied],
            }
            for result in results
        ]
    }
    if form == "json" or not results:
        emit(Text(_("no crm/ branches to merge") + "\n", document), form)
    return Exit.FOUND if any(result.left for result in results) else Exit.FINE


def _denials(store: Store, old: str, new: str) -> tuple[Problem, ...]:
    from crmtext.protection.policy.access_check import check_access  # only the job needs it

    return check_access(store, f"{old}..{new}").problems


def _result(result: Merged) -> str:
    if result.conflicts:
        return _(
            "not merged: conflicts with main in {paths}; the author must run crmtext sync and resolve them"
        ).format(paths=", ".join(few(result.conflicts, _MOST)))
    if result.for_a_person:
        return _("not merged: it changes other files than records; use a pull request: {paths}").format(
            paths=", ".join(few(result.for_a_person, _MOST))
        )
    if result.denied:
        return _("not merged: its author may not make the changes above; use a pull request")
    if result.problems:
        return _("not merged: it has the errors above; the author must run crmtext sync and fix them")
    if not result.commits:
        return _("already merged")
    return plural("{n} commit merged", "{n} commits merged", result.commits)
