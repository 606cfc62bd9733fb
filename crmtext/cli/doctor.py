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
from crmtext.protection.security import SECURITY
from crmtext.setup import doctor as setup_doctor
from crmtext.setup.doctor import DOCTOR, Finding, State
from crmtext.terminal.color import colours
from crmtext.terminal.width import pad, printable

_COLOURS = {State.FINE: "green", State.WARNING: "yellow", State.ERROR: "red"}
#: Labels of the examinations; the others, such as git and python, need no translation.
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
    "imports": N_("imports"),
    "backup": N_("backup"),
    "addresses": N_("remotes"),
    "enforcement": N_("enforcement"),
    "rights": N_("access rights"),
    "signatures": N_("signatures"),
    "numbers": N_("ID and card numbers"),
    "permissions": N_("file permissions"),
    "backups": N_("backups"),
    "retention": N_("retention"),
    "assessment": N_("impact assessment"),
}


@click.command(cls=Command)
@click.option(
    "--security", is_flag=True, help="Look for risks to customers' data instead, in this clone and its history."
)
@options.form("text", "json")
def doctor(form: str, *, security: bool) -> Exit:
    """Check the setup of this clone; each finding comes with the command that fixes it.

    The exit code is 1 if a finding keeps crmtext from working properly, or with --security if data is at risk.
    """
    # Only to set the language: broken settings are a finding.
    with suppress(CrmError):
        options.store()
    examinations = SECURITY if security else DOCTOR
    findings = tuple(setup_doctor.examine(current().directory.absolute(), examinations))
    if form == "json":
        emit(Text("", _document(findings)), form)
    else:
        say(_text(findings), "")
    return Exit.FOUND if any(finding.state is State.ERROR for finding in findings) else Exit.FINE


def _text(findings: tuple[Finding, ...]) -> str:
    paint = colours(current().color, sys.stdout)
    lines = [line for finding in findings for line in _lines(finding, paint=paint)]
    wrong = sum(finding.state is not State.FINE for finding in findings)
    end = plural("{n} problem to fix", "{n} problems to fix", wrong) if wrong else _("no problems found")
    return "\n".join([*lines, "", end]) + "\n"


def _lines(finding: Finding, *, paint: bool) -> list[str]:
    state = pad(finding.state.label, 7)
    state = click.style(state, fg=_COLOURS[finding.state]) if paint else state
    what = printable(_("{name}: {what}").format(name=_(_NAMES.get(finding.name, finding.name)), what=finding.message))
    lines = printable(finding.fix).splitlines()
    return [f"{state}  {what}", *(f"         {'  ' if number else '= '}{line}" for number, line in enumerate(lines))]


def _document(findings: tuple[Finding, ...]) -> dict[str, object]:
    return {
        "errors": sum(finding.state is State.ERROR for finding in findings),
        "warnings": sum(finding.state is State.WARNING for finding in findings),
        "findings": [
            {"name": finding.name, "state": finding.state.value, "message": finding.message, "fix": finding.fix}
            for finding in findings
        ],
    }
