"""`crmtext edit`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit, note, tell
from crmtext.git import editor
from crmtext.i18n import _
from crmtext.record import edit as record_edit
from crmtext.terminal.width import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crmtext.problem import Exit, Problem
    from crmtext.record.change.write import WriteOptions
    from crmtext.record.edit import Choice


@click.command(cls=Command)
@click.argument("customer")
@options.writing
@options.form("table", "json")
def edit(customer: str, form: str, *, how: WriteOptions) -> Exit:
    """Edit a customer's record in your editor.

    When you leave the editor, the record is checked, and written if it has no errors. Otherwise you can edit it again,
    keep it as it is, or drop it. Your text is never lost: it is kept in a file, and the next edit offers it. The editor
    is git's: GIT_EDITOR, core.editor, VISUAL or EDITOR.
    """
    return emit(record_edit.run(options.store(writes=True), customer, how, _Terminal()), form)


class _Terminal:
    """Writes to stderr, and asks questions if stdin and stderr are terminals."""

    def say(self, text: str) -> None:
        note(text)

    def ask(self, question: str, choices: Sequence[Choice], problems: Sequence[Problem] = ()) -> Choice | None:
        if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
            return None
        tell(problems)
        words = {"edit": _("(e)dit"), "keep": _("(k)eep"), "drop": _("(d)rop")}
        letters = {option[0]: option for option in choices}
        prompt = printable(question) + f" {', '.join(words[option] for option in choices)}"
        try:
            typed = click.prompt(prompt, type=click.Choice([*letters, *choices]), show_choices=False, err=True)
        # A Ctrl-C before the prompt reads raises KeyboardInterrupt, not Abort.
        except (click.Abort, KeyboardInterrupt):
            return None
        choice: Choice = letters[typed[0]]
        return choice

    def edit(self, command: str, file: Path) -> int:
        return editor.edit(command, file)
