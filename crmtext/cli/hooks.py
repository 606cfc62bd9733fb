"""`crmtext hooks`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Column, Table, Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Group
from crmtext.cli.framework.render import emit
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


_server = click.option(
    "--pre-receive",
    "server",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="REPOSITORY",
    help="Install the hook of a repository that others push to: it rejects pushes that introduce errors.",
)


def _asked(server: Path | None) -> tuple[Repository, tuple[str, ...]]:
    """The repository that is meant, and its hooks; none named for those of a clone."""
    if server is None:
        return options.faulty_store().git(), ()
    if (found := repository(server)) is None:
        raise cannot(
            "no-repository", _("'{path}' is not a git repository").format(path=server), _("create one: git init --bare")
        )
    return found, (setup_hooks.SERVER,)


@hooks.command(cls=Command)
@_server
def install(server: Path | None) -> Exit:
    """Install the hooks; existing hooks are kept and run first."""
    repo, names_asked = _asked(server)
    # First: hooks of another folder may not be for us to write.
    driver = server is None and merge_driver.install(repo)
    written = (hook.name for hook in setup_hooks.install(repo, *names_asked))
    names = ", ".join([*written, *([merge_driver.NAME] if driver else [])])
    return emit(
        Text(_("Installed {names}").format(names=names) + "\n" if names else _("all hooks are installed") + "\n")
    )


@hooks.command(cls=Command)
@_server
def uninstall(server: Path | None) -> Exit:
    """Remove the hooks and restore the previous ones."""
    repo, names_asked = _asked(server)
    driver = server is None and merge_driver.uninstall(repo)
    removed = (hook.name for hook in setup_hooks.uninstall(repo, *names_asked))
    names = ", ".join([*removed, *([merge_driver.NAME] if driver else [])])
    said = _("Removed {names}").format(names=names) if names else _("no hooks installed")
    left = _("commits in this clone are no longer checked; crmtext sync and crmtext check in CI still are")
    return emit(Text(f"{said}\n", note=left if server is None else ""))


@hooks.command(cls=Command)
@options.form("table", "json")
def status(form: str) -> Exit:
    """Show which hooks are installed; exit code 1 if one is missing or outdated."""
    repo = options.faulty_store().git()
    found = tuple((hook.name, hook.state, hook.other) for hook in setup_hooks.status(repo))
    found += ((merge_driver.NAME, merge_driver.state(repo), False),)
    states = {
        setup_hooks.State.INSTALLED: _("installed"),
        setup_hooks.State.OUTDATED: _("outdated"),
        setup_hooks.State.MISSING: _("missing"),
    }
    rows = tuple((name, states[state], _("with another hook") if other else "") for name, state, other in found)
    columns = (Column("name", _("Hook"), fixed=True), Column("state", _("State")), Column("other", _("Notes")))
    document = {"hooks": [{"name": name, "state": state.value, "other": other} for name, state, other in found]}
    complete = all(state is setup_hooks.State.INSTALLED for _name, state, _other in found)
    emit(Table(columns, rows, document, "" if complete else _("install them with: crmtext hooks install")), form)
    return Exit.FINE if complete else Exit.FOUND
