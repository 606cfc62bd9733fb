"""`crmtext hooks`."""

from __future__ import annotations

import click

from crmtext import hooks as clone
from crmtext.answer import Column, Table, Text
from crmtext.cli import Command, Group, options
from crmtext.cli.render import emit
from crmtext.i18n import _
from crmtext.problem import Exit


@click.group(cls=Group, no_args_is_help=False)
def hooks() -> None:
    """Install or remove git's hooks in this clone.

    The hooks check what is staged and refuse a commit that would make the store wrong. They are written into this
    clone's own git folder, so that a pull never changes what runs.
    """


@hooks.command(cls=Command)
def install() -> Exit:
    """Write the hooks; one that is there already is kept and called first."""
    written = clone.install(options.store().git())
    names = ", ".join(hook.name for hook in written)
    return emit(
        Text(_("installed: {names}").format(names=names) + "\n" if written else _("all hooks are installed") + "\n")
    )


@hooks.command(cls=Command)
def uninstall() -> Exit:
    """Remove the hooks; what was there before comes back."""
    removed = clone.uninstall(options.store().git())
    names = ", ".join(hook.name for hook in removed)
    return emit(
        Text(_("removed: {names}").format(names=names) + "\n" if removed else _("no hooks are installed") + "\n")
    )


@hooks.command(cls=Command)
@options.form("table", "json")
def status(form: str) -> Exit:
    """Say which hooks are installed; exit code 1 if one is missing or outdated."""
    found = clone.status(options.store().git())
    states = {
        clone.State.INSTALLED: _("installed"),
        clone.State.OUTDATED: _("outdated"),
        clone.State.MISSING: _("missing"),
    }
    rows = tuple((hook.name, states[hook.state], _("with another hook") if hook.other else "") for hook in found)
    columns = (Column("name", _("Hook"), fixed=True), Column("state", _("State")), Column("other", _("Beside")))
    document = {"hooks": [{"name": hook.name, "state": hook.state.value, "other": hook.other} for hook in found]}
    complete = all(hook.state is clone.State.INSTALLED for hook in found)
    emit(Table(columns, rows, document, "" if complete else _("install them with: crmtext hooks install")), form)
    return Exit.FINE if complete else Exit.FOUND
