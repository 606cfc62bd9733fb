"""`crmtext help`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.commands import COMMANDS, SUBJECTS
from crmtext.cli.framework.help import Command, Misuse, use_instead
from crmtext.cli.framework.render import emit
from crmtext.i18n import _, translations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmtext.problem import Exit

#: Every command by subject.
_ALL = "all"


@click.command("help", cls=Command)
@click.argument("words", nargs=-1, metavar="[SUBJECT|COMMAND|all]")
@click.pass_context
def help_(context: click.Context, words: tuple[str, ...]) -> Exit:
    r"""List the commands of a subject, or show a command's help.

    Without an argument: the daily commands and the subjects. `all`: every command by subject.

    \b
    crmtext help records
    crmtext help log
    """
    root = context.find_root()
    if not words:
        return emit(Text(root.get_help()))
    if words == (_ALL,):
        return emit(Text(_listed(SUBJECTS, root)))
    if len(words) == 1 and (subject := named(words[0])):
        return emit(Text(_listed([subject], root) + _also_a_command(words[0])))
    return emit(Text(_of_command(root, words)))


def named(typed: str) -> str:
    """Return the subject with this name or heading in any language; empty if there is none."""
    wanted = typed.strip().casefold()
    labels = {subject: (subject, *translations(heading).values()) for subject, heading in SUBJECTS.items()}
    return next((subject for subject, names in labels.items() if wanted in map(str.casefold, names)), "")


def _listed(subjects: Iterable[str], root: click.Context) -> str:
    formatter = root.make_formatter()
    for subject in subjects:
        with formatter.section(_(SUBJECTS[subject])):
            formatter.write_dl(
                [(name, _(member.summary)) for name, member in COMMANDS.items() if member.subject == subject]
            )
    return formatter.getvalue().lstrip("\n")


def _also_a_command(name: str) -> str:
    if name not in COMMANDS:
        return ""
    return "\n" + _("help for the command {name}: {command}").format(name=name, command=f"crmtext {name} --help") + "\n"


def _of_command(root: click.Context, words: Iterable[str]) -> str:
    """The help of a command or subcommand, such as `hooks install`."""
    context = root
    for word in words:
        above = context.command
        known = above.list_commands(context) if isinstance(above, click.Group) else []
        command = above.get_command(context, word) if isinstance(above, click.Group) else None
        if command is None:
            raise _unknown(word, known, context)
        context = command.context_class(command, parent=context, info_name=word)
    return context.get_help()


def _unknown(word: str, known: Iterable[str], context: click.Context) -> Misuse:
    from crmtext.cli.framework import other_tools
    from crmtext.values.did_you_mean import did_you_mean, nearest

    if context.parent is not None:
        message = _("unknown command '{name}'").format(name=f"{context.info_name} {word}")
        return Misuse(message, did_you_mean(nearest(word, known)), context)
    message = _("unknown command or subject '{name}'").format(name=word)
    subjects = [*SUBJECTS, *(name for heading in SUBJECTS.values() for name in translations(heading).values())]
    otherwise = use_instead(other_tools.COMMANDS.get(word, "")) or _("subjects: {names}").format(
        names=_(", ").join(SUBJECTS)
    )
    return Misuse(message, did_you_mean(nearest(word, [*known, *subjects]), otherwise), context)
