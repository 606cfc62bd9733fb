"""`crmtext hooks`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Column, Table, Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Group
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.types import Location
from crmtext.git.plumbing import repository
from crmtext.i18n import _
from crmtext.problem import Exit, cannot
from crmtext.setup import hooks as setup_hooks
from crmtext.setup import merge_driver

if TYPE_CHECKING:
    from crmtext.git.plumbing import Repository


@click.group(cls=Group)
def hooks() -> None:
    """Have git check each commit in this clone, and merge records field by field.

    Git runs the hooks before each commit and push, and they reject those that introduce errors. Git runs the merge
    driver when two of you changed the same record. Both are written into this clone's own git folder, so that a pull
    never changes what runs.
    """


_FOLDER = Location(exists=True, file_okay=False, path_type=Path)


def _target(server: Path | None) -> tuple[Repository, tuple[str, ...]]:
    """The repository, and the names of its hooks; no names for the hooks of a clone."""
    if server is None:
        return options.faulty_store().git(), ()
    if (repo := repository(server)) is None:
        raise cannot(
            "no-repository", _("'{path}' is not a git repository").format(path=server), _("create one: git init --bare")
        )
    return repo, (setup_hooks.SERVER,)


@hooks.command(cls=Command)
@click.option(
    "--pre-receive",
    "server",
    type=_FOLDER,
    metavar="REPOSITORY",
    help="Install the hook of a repository that others push to: it rejects pushes that introduce errors.",
)
def install(server: Path | None) -> Exit:
    """Install the hooks; existing hooks are kept and run first."""
    repo, only = _target(server)
    # Before the hooks, which fail if core.hooksPath names another folder.
    driver = server is None and merge_driver.install(repo)
    written = (hook.name for hook in setup_hooks.install(repo, *only))
    names = ", ".join([*written, *([merge_driver.NAME] if driver else [])])
    return emit(
        Text(_("Installed {names}").format(names=names) + "\n" if names else _("all hooks are installed") + "\n")
    )


@hooks.command(cls=Command)
@click.option(
    "--pre-receive",
    "server",
    type=_FOLDER,
    metavar="REPOSITORY",
    help="Remove the hook of a repository that others push to, instead of those of this clone.",
)
def uninstall(server: Path | None) -> Exit:
    """Remove the hooks and restore the previous ones."""
    repo, only = _target(server)
    driver = server is None and merge_driver.uninstall(repo)
    removed = (hook.name for hook in setup_hooks.uninstall(repo, *only))
    names = ", ".join([*removed, *([merge_driver.NAME] if driver else [])])
    message = _("Removed {names}").format(names=names) if names else _("no hooks installed")
    left = _("commits in this clone are no longer checked; crmtext sync and crmtext check in CI still are")
    return emit(Text(f"{message}\n", note=left if server is None else ""))


@hooks.command(cls=Command)
@options.form("table", "json")
def status(form: str) -> Exit:
    """Show which hooks are installed; exit code 1 if one is missing or outdated."""
    repo = options.faulty_store().git()
    states_of_hooks = tuple((hook.name, hook.state, hook.other) for hook in setup_hooks.status(repo))
    states_of_hooks += ((merge_driver.NAME, merge_driver.state(repo), False),)
    states = {
        setup_hooks.State.INSTALLED: _("installed"),
        setup_hooks.State.OUTDATED: _("outdated"),
        setup_hooks.State.MISSING: _("missing"),
    }
    rows = tuple(
        (name, states[state], _("with another hook") if other else "") for name, state, other in states_of_hooks
    )
    columns = (Column("name", _("Hook"), fixed=True), Column("state", _("State")), Column("other", _("Notes")))
    document = {
        "hooks": [{"name": name, "state": state.value, "other": other} for name, state, other in states_of_hooks]
    }
    complete = all(state is setup_hooks.State.INSTALLED for _name, state, _other in states_of_hooks)
    emit(Table(columns, rows, document, "" if complete else _("install them with: crmtext hooks install")), form)
    return Exit.FINE if complete else Exit.FOUND
