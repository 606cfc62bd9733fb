"""Click's help made right for Chinese: measured in cells, and translated when it is shown."""

from __future__ import annotations

import copy
import inspect
import re
from gettext import gettext, ngettext
from typing import TYPE_CHECKING, Any

import click

from crmtext.cli.framework import dashes
from crmtext.cli.framework.anywhere import accept
from crmtext.cli.framework.completion import offer
from crmtext.cli.framework.types import ValueOptional
from crmtext.i18n import _
from crmtext.terminal import color
from crmtext.terminal.quoting import quoted
from crmtext.terminal.width import display_width, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


#: Begins a paragraph whose lines stay as they are: Click's mark, as it reads in a raw string.
VERBATIM = "\\b"


def message(text: str) -> str:
    """The message id of a docstring or help text: a line for each paragraph, but verbatim ones stay."""
    plain = inspect.cleandoc(text.replace("\b", VERBATIM)).partition("\f")[0].strip()
    paragraphs = re.split(r"\n\s*\n", plain)
    return "\n\n".join(part if part.startswith(VERBATIM) else " ".join(part.split()) for part in paragraphs)


def translated(text: str | None) -> str:
    """A help text in the language in use."""
    # The message of an empty id is the catalogue's own header.
    return _(message(text)) if text else ""


class Formatter(click.HelpFormatter):
    """Writes help that fits its width on a terminal, where a Chinese character is two cells wide."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line, its continuation below the first argument."""
        label = prefix if prefix is not None else gettext("Usage:")
        start = f"{label.rstrip()}{'' if label.endswith('：') else ' '}{prog} "
        self._write_lines(args, self.width - display_width(start), start, " " * display_width(start))

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(" " * self.current_indent + _("{heading}:").format(heading=heading) + "\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            self.write("\n" if number else "")
            raw = paragraph.startswith(VERBATIM)
            for line in paragraph.removeprefix(VERBATIM).strip("\n").split("\n"):
                self._write_lines(line, 1000 if raw else self.width - self.current_indent, indent, indent)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of terms and what they mean, in two columns."""
        pairs = list(rows)
        column = min(max((display_width(term) for term, _meaning in pairs), default=0), col_max) + col_spacing
        indent = " " * (self.current_indent + column)
        for term, meaning in pairs:
            start = " " * self.current_indent + pad(term, column)
            if display_width(term) > column - col_spacing:
                self.write(start.rstrip() + "\n")
                start = indent
            self._write_lines(meaning, max(self.width - len(indent), 10), start, indent)

    def _write_lines(self, text: str, width: int, first: str, others: str) -> None:
        for number, line in enumerate(wrap(text, width)):
            self.write(((others if number else first) + line).rstrip() + "\n")


class Context(click.Context):
    """A context whose help is written by our formatter."""

    def make_formatter(self) -> Formatter:
        """A formatter for the terminal, as far as lines are still read at a glance."""
        return Formatter(width=max(min(color.columns(), 80) - 2, 50))


class Misuse(click.UsageError):
    """A command line that cannot be meant, with what to do about it where that is known."""

    def __init__(self, message: str, hint: str = "", ctx: click.Context | None = None) -> None:
        super().__init__(message, ctx)
        self.hint = hint


class Incomplete(click.UsageError):
    """A command without the command of its own that it waits for: its help is the message."""

    def __init__(self, ctx: click.Context) -> None:
        super().__init__(ctx.get_help(), ctx)


class Command(click.Command):
    """A command with translated help, whose arguments the shell can complete."""

    context_class = Context

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        offer(self.params)
        accept(self.params)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; of words too many, say what to put in quotes."""
        for option in self.params:
            if isinstance(option, ValueOptional):
                args = option.filled(args)
        if ctx.allow_extra_args or ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        ctx.allow_extra_args = True
        if extra := [*super().parse_args(ctx, dashes.apart(ctx, args))]:
            # Click's own words, which its catalogue translates.
            said = ngettext(
                "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", len(extra)
            )
            raise Misuse(_as_line(said.format(args=" ".join(extra))), _in_quotes(ctx, extra), ctx)
        return extra

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        """Write what the command does."""
        _write_help_text(self, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        write_options(self, ctx, formatter)


class Group(click.Group):
    """A command with commands of its own, and translated help."""

    context_class = Context
    command_class = Command

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        accept(self.params)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command; without a command, show what there is."""
        # Click's versions differ in where that goes, and in the exit code.
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            raise Incomplete(ctx)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; of an unknown one, say which was likely meant."""
        name, known = args[0], self.list_commands(ctx)
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            from crmtext.cli.framework import other_tools
            from crmtext.values.did_you_mean import nearest

            meant = other_tools.COMMANDS.get(name, "") if ctx.parent is None else ""
            raise Misuse(unknown_command(name, "" if meant else nearest(name, known)), instead(meant), ctx)
        return super().resolve_command(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        """Write what the command does."""
        _write_help_text(self, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with a line each."""
        shown = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, _summary(command)) for name, command in shown if command and not command.hidden]
        if rows:
            with formatter.section(gettext("Commands")):
                formatter.write_dl(rows)


Group.group_class = Group


def _in_quotes(context: click.Context, extra: Iterable[str]) -> str:
    """The last argument with the words that were too many, as one; the value of an option that was left without it."""
    words = list(extra)
    bare = [
        each.opts[0]
        for each in context.command.params
        if isinstance(each, ValueOptional) and context.params.get(each.name or "") == ""
    ]
    if bare and len(words) == 1:
        return _("write an option's value after =: {option}").format(option=f"{bare[0]}={quoted(words[0])}")
    last = [each for each in context.command.params if isinstance(each, click.Argument)][-1:]
    value = context.params.get(last[0].name or "") if last else None
    if not isinstance(value, str):
        return ""
    return _("put text that contains spaces in quotes: {text}").format(text=f'"{" ".join((value, *words))}"')


def _summary(command: click.Command) -> str:
    return translated(command.short_help or command.help).partition("\n\n")[0].rstrip(".。")


def _write_help_text(command: click.Command, formatter: click.HelpFormatter) -> None:
    if command.help:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(translated(command.help))


def write_options(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the options of a command, if it has any."""
    if rows := list(option_rows(command, context)):
        with formatter.section(gettext("Options")):
            formatter.write_dl(rows)


def option_rows(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Each option of a command as it is written, and what it means."""
    own_help = command.get_help_option(context)
    for option in command.get_params(context):
        if not isinstance(option, click.Option):
            continue
        shown = copy.copy(option)
        # Click keeps the text of --help in the language it was first shown in.
        shown.help = gettext("Show this message and exit.") if option is own_help else translated(option.help)
        if isinstance(option.type, click.IntRange) and option.metavar:
            # What is out of range is told when it is typed: `1<=x<=500000` tells people nothing.
            shown.type = click.INT
        if record := shown.get_help_record(context):
            yield record


def unknown_command(name: str, near: str) -> str:
    """What is said of a command that does not exist, with the nearest that does."""
    if not near:
        return _("unknown command '{name}'").format(name=name)
    return _("unknown command '{name}'; did you mean '{near}'?").format(name=name, near=near)


def unknown_option(name: str, near: str) -> str:
    """What is said of an option that does not exist, with the nearest that does."""
    if not near:
        return _("unknown option '{name}'").format(name=name)
    return _("unknown option '{name}'; did you mean '{near}'?").format(name=name, near=near)


def instead(command: str) -> str:
    """The hint that says with which command something is done."""
    return _("use: {command}").format(command=f"crmtext {command}") if command else ""


def hint(error: click.ClickException) -> str:
    """What to do about a mistake in the command line; empty where only the help can tell."""
    if isinstance(error, Misuse):
        return error.hint
    if isinstance(error, click.MissingParameter) and error.ctx:
        return such_as(error.ctx)
    found = instead(_expected(error))
    if not found and isinstance(error, click.NoSuchOption) and (line := dashes.as_text(error)):
        return _("if it is text, put -- in front of it: {command}").format(command=line)
    return found


def such_as(context: click.Context) -> str:
    """The first example of a command's help; empty where there is none."""
    paragraphs = translated(context.command.help).split("\n\n")
    examples = (each.removeprefix(VERBATIM).strip() for each in paragraphs if each.startswith(VERBATIM))
    example = next(examples, "").partition("\n")[0]
    return _("for example: {command}").format(command=example) if example else ""


def _expected(error: click.ClickException) -> str:
    """What does the same as an option that is expected and not there."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return ""
    from crmtext.cli.framework import other_tools

    known = {name: each for each in error.ctx.command.params for name in each.opts}
    return other_tools.instead_of_option(error.ctx.info_name or "", error.option_name, known)


def misuse(error: click.ClickException) -> str:
    """What was wrong with the command line, in words."""
    if isinstance(error, click.NoSuchOption):
        from crmtext.values.did_you_mean import nearest

        # Click's own idea of what is near is a wide one.
        close = "" if _expected(error) else nearest(error.option_name, error.possibilities or ())
        return unknown_option(error.option_name, close)
    return _as_line(error.format_message())


def _as_line(message: str) -> str:
    """Click's sentences, with a list below them, as one line like all other mistakes."""
    # Chinese parts its sentences without a blank.
    said = " ".join(message.split()).replace("。 ", "。").rstrip(".。")
    return said[:1].lower() + said[1:] if said[1:2].islower() else said
