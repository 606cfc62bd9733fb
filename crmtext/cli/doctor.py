"""`crmtext doctor`."""

from __future__ import annotations

import sys
from contextlib import suppress

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit, say
from crmtext.cli.framework.session import current
from crmtext.i18n import N_, _, plural
from crmtext.problem import CrmError, Exit
from crmtext.setup import doctor as setup_doctor
from crmtext.setup.doctor import Finding, State
from crmtext.terminal.color import colours
from crmtext.terminal.width import pad, printable

_COLOURS = {State.FINE: "green", State.WARNING: "yellow", State.ERROR: "red"}
#: What each examination looks at; others are named by what everybody calls it: git, python.
_NAMES = {
    "identity": N_("identity"),
    "editor": N_("editor"),
    "settings": N_("settings"),
    "schema": N_("schema"),
    "hooks": N_("hooks"),
    "programs": N_("programs"),
    "remotes": N_("remotes"),
    "ignored": N_("ignored"),
    "let_through": N_("allowed lines"),
    "leftovers": N_("leftovers"),
}


@click.command(cls=Command)
@options.form("text", "json")
def doctor(form: str) -> Exit:
    """Check the setup of this clone; each finding comes with the command that fixes it.

    The exit code is 1 if a finding keeps crmtext from working properly.
    """
    # A store whose settings are broken is one of the things to be found.
    with suppress(CrmError):
        options.store()
    found = tuple(setup_doctor.examine(current().directory.absolute()))
    if form == "json":
        emit(Text("", _document(found)), form)
    else:
        say(_text(found), "")
    return Exit.FOUND if any(each.state is State.ERROR for each in found) else Exit.FINE


def _text(found: tuple[Finding, ...]) -> str:
    paint = colours(current().color, sys.stdout)
    lines = [line for each in found for line in _lines(each, paint=paint)]
    wrong = sum(each.state is not State.FINE for each in found)
    end = plural("{n} problem to fix", "{n} problems to fix", wrong) if wrong else _("no problems found")
    return "\n".join([*lines, "", end]) + "\n"


def _lines(each: Finding, *, paint: bool) -> list[str]:
    state = pad(each.state.label, 7)
    state = click.style(state, fg=_COLOURS[each.state]) if paint else state
    what = printable(_("{name}: {what}").format(name=_(_NAMES.get(each.name, each.name)), what=each.message))
    lines = printable(each.mend).splitlines()
    mend = [f"         {'= ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)]
    return [f"{state}  {what}", *mend]


def _document(found: tuple[Finding, ...]) -> dict[str, object]:
    return {
        "errors": sum(each.state is State.ERROR for each in found),
        "warnings": sum(each.state is State.WARNING for each in found),
        "findings": [
            {"name": each.name, "state": each.state.value, "message": each.message, "mend": each.mend} for each in found
        ],
    }
