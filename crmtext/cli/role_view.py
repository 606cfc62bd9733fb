"""`crmtext role-view`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit, note
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Location
from crmtext.disk import files
from crmtext.i18n import _, plural
from crmtext.protection.view import disclosed, run
from crmtext.wording.values import few

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.protection.view.run import Viewed

_MOST = 5


@click.command("role-view", cls=Command)
@click.option("--role", required=True, metavar="ROLE", help="The role: see and see_where of its table [access.ROLE].")
@click.option("-o", "--output", type=Location(path_type=Path), metavar="DIR", help="The view's folder.")
@click.option("--at", default="", metavar="REV|DATE", help="Show this commit, or the end of this day. Default: HEAD.")
@options.masking
@click.option("--disclose", is_flag=True, help="Write no view, but the disclosure of what the role may see.")
@click.option("--purpose", default="", metavar="TEXT", help="With --disclose: what the role needs the view for.")
@click.option("--basis", default="", metavar="TEXT", help="With --disclose: the legal basis.")
@options.form("text", "json")
def role_view(
    role: str, output: Path | None, at: str, purpose: str, basis: str, form: str, *, mask: bool, disclose: bool
) -> Exit:
    r"""Write a view: a store for reading, with only what a role may see of the committed records.

    Sensitive fields, comments and customers that see_where leaves out are not in it. DIR is new, an empty repository,
    or the role's earlier view, whose records are replaced. All writing commands are rejected in a view. The same commit
    gives the same files, so a job can commit the view to a repository for that role.

    With --disclose, a change of see or see_where is disclosed. Commit the disclosure together with the change.

    \b
    crmtext role-view --role support -o ../customers-support
    crmtext role-view --role sales -o ../customers-sales --mask
    crmtext role-view --role support --disclose --purpose "answer support calls"
    """
    if disclose:
        if output or at or mask or not purpose.strip():
            raise click.UsageError(_("--disclose requires --purpose, and can't be combined with -o, --at or --mask"))
        return _disclose(role, purpose, basis, form)
    if output is None or purpose or basis:
        raise click.UsageError(_("-o is required; --purpose and --basis are for --disclose"))
    store = options.store(writes=True)
    path = absolute(output)
    done = run.run(store, role, path, at, masked=mask)
    if done.broken:
        note(
            plural(
                "{n} record with errors is left out: {paths}",
                "{n} records with errors are left out: {paths}",
                len(done.broken),
                paths=", ".join(few(done.broken, _MOST)),
            )
        )
    if not done.disclosed:
        note(_("the view for {role} is not disclosed: {command}").format(role=role, command=disclosed.command(role)))
    return emit(Text(f"{_line(done, path)}\n", _document(done)), form)


def _disclose(role: str, purpose: str, basis: str, form: str) -> Exit:
    from crmtext.protection.view import disclose_view  # a view is written without exports

    store = options.store(writes=True)
    rights = run.rights_of(store.settings, role)
    lines = disclose_view.write(store, role, rights, purpose, basis)
    return emit(Text("", {"role": role, "fields": list(rights.see)}, "\n".join(lines)), form)


def _line(done: Viewed, path: Path) -> str:
    place, commit = str(files.near(path)), done.commit[:8]
    if not any(done.changed):
        return _("{folder} is up to date with commit {commit}").format(folder=place, commit=commit)
    return plural(
        "Wrote the view for {role} to {folder}: {n} customer, commit {commit}",
        "Wrote the view for {role} to {folder}: {n} customers, commit {commit}",
        done.customers,
        role=done.role,
        folder=place,
        commit=commit,
    )


def _document(done: Viewed) -> dict[str, object]:
    return {
        "role": done.role,
        "commit": done.commit,
        "customers": done.customers,
        "left_out": len(done.broken),
        "written": done.changed.written,
        "deleted": done.changed.deleted,
        "disclosed": done.disclosed,
    }
