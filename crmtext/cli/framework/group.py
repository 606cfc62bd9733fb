"""The `crmtext` command, which loads its commands on demand."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, cast

import click
from click.shell_completion import CompletionItem

from crmtext import __version__
from crmtext.cli.commands import COMMANDS, SUBJECTS, Member
from crmtext.cli.framework import anywhere, language
from crmtext.cli.framework.help import Group, write_options
from crmtext.cli.framework.session import current
from crmtext.i18n import _
from crmtext.terminal.color import colours
from crmtext.terminal.output import QuietPipe

if TYPE_CHECKING:
    from collections.abc import Mapping


class Commands(Group):
    """The commands of a table, each imported when it runs; a command returns its exit code."""

    def __init__(self, *args: Any, members: Mapping[str, Member] = COMMANDS, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.members = members

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's
        """Return the names in the order of the table."""
        return [name for name, member in self.members.items() if member.subject]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - Click's
        """Import the command of this name."""
        if not (member := self.members.get(cmd_name)):
            return None
        module, _colon, attribute = member.target.partition(":")
        return cast("click.Command", getattr(importlib.import_module(module), attribute))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        self.format_commands(ctx, formatter)
        write_options(self, ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        """Write the daily commands, then a line for each other subject, from the table alone."""
        daily, *others = SUBJECTS
        with formatter.section(_(SUBJECTS[daily])):
            formatter.write_dl([(name, _(member.summary)) for name, member in self._of(daily)])
        with formatter.section(_("More (crmtext help SUBJECT)")):
            rows = ((subject, " ".join(name for name, _member in self._of(subject))) for subject in others)
            formatter.write_dl([(subject, f"{_(SUBJECTS[subject])} · {names}") for subject, names in rows])

    def _of(self, subject: str) -> list[tuple[str, Member]]:
        return [(name, member) for name, member in self.members.items() if member.subject == subject]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that start as typed, from the table alone, and the options."""
        shown = [(name, member) for name, member in self.members.items() if member.subject]
        items = [CompletionItem(name, help=_(m.summary)) for name, m in shown if name.startswith(incomplete)]
        return items + click.Command.shell_complete(self, ctx, incomplete)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the options before the command, which may print help."""
        with QuietPipe():
            return super().make_context(info_name, args, parent, **extra)
        raise click.exceptions.Exit(0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and exit with the code it returned."""
        code = 0
        # Here, because Click would exit with 1.
        with QuietPipe():
            code = super().invoke(ctx)
        if code:
            ctx.exit(int(code))


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"crmtext {__version__}")
        context.exit()


@click.group(
    cls=Commands,
    params=[*anywhere.options()],
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.pass_context
def crmtext(context: click.Context) -> None:
    """Customer records as plain text, checked by a schema and kept in git.

    See `crmtext COMMAND --help` for a command. CUSTOMER is an id or its tail, a name or a unique part of one, pinyin or
    its initials, an e-mail address, a phone number or its tail. Options may also follow the command.
    """
    session = current()
    context.obj = session._replace(language=language.requested(session.language))
    context.color = colours(session.color, sys.stdout)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
