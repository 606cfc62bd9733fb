"""Click's help for two languages: measured in cells, translated when it is shown."""

from __future__ import annotations

import copy
import inspect
import re
from gettext import gettext, ngettext
from typing import TYPE_CHECKING, Any

import click
from click.core import augment_usage_errors

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


#: Starts a paragraph whose lines stay as they are: Click's mark in a raw string.
VERBATIM = "\\b"


def message(text: str) -> str:
    """Return the message id of a docstring or help text: one line per paragraph; verbatim ones stay."""
    plain = inspect.cleandoc(text.replace("\b", VERBATIM)).partition("\f")[0].strip()
    paragraphs = re.split(r"\n\s*\n", plain)
    return "\n\n".join(part if part.startswith(VERBATIM) else " ".join(part.split()) for part in paragraphs)


def translated(text: str | None) -> str:
    """Return a help text in the language in use."""
    # The empty message id is the catalogue's header.
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
        """Write terms and meanings in two columns."""
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
    """A context with our formatter."""

    def make_formatter(self) -> Formatter:
        """Return a formatter for the terminal, at most 78 cells wide."""
        return Formatter(width=max(min(color.columns(), 80) - 2, 50))


class Misuse(click.UsageError):
    """A wrong command line, with a hint if there is one."""

    def __init__(self, message: str, hint: str = "", ctx: click.Context | None = None) -> None:
        super().__init__(message, ctx)
        self.hint = hint


class Incomplete(click.UsageError):
    """A group called without a command: its help is the message."""

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
        """Read the arguments; for extra words, suggest quotes."""
        for option in self.params:
            if isinstance(option, ValueOptional):
                args = option.filled(args)
        with augment_usage_errors(ctx):
            return self._parsed(ctx, args)

    def _parsed(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.allow_extra_args or ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        ctx.allow_extra_args = True
        if extra := [*super().parse_args(ctx, dashes.options_first(ctx, args))]:
            # Click's own message, which its catalogue translates.
            text = ngettext(
                "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", len(extra)
            )
            raise Misuse(_as_line(text.format(args=" ".join(extra))), _in_quotes(ctx, extra), ctx)
        return extra

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        """Write the description."""
        _write_help_text(self, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        write_options(self, ctx, formatter)


class Group(click.Group):
    """A group of commands with translated help."""

    context_class = Context
    command_class = Command

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        accept(self.params)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command; without a command, show the help."""
        # Click's versions differ in the stream and the exit code.
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            raise Incomplete(ctx)
        with augment_usage_errors(ctx):
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown one, suggest the nearest."""
        name, known = args[0], self.list_commands(ctx)
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            from crmtext.cli.framework import other_tools
            from crmtext.values.did_you_mean import nearest

            meant = other_tools.COMMANDS.get(name, "") if ctx.parent is None else ""
            raise Misuse(unknown_command(name, "" if meant else nearest(name, known)), use_instead(meant), ctx)
        return super().resolve_command(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        """Write the description."""
        _write_help_text(self, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, one per line."""
        shown = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, _summary(command)) for name, command in shown if command and not command.hidden]
        if rows:
            with formatter.section(gettext("Commands")):
                formatter.write_dl(rows)


Group.group_class = Group


def _in_quotes(context: click.Context, extra: Iterable[str]) -> str:
    """The hint for extra words: quote the last argument, or write the option's value after `=`."""
    words = list(extra)
    bare = [
        parameter.opts[0]
        for parameter in context.command.params
        if isinstance(parameter, ValueOptional) and context.params.get(parameter.name or "") == ""
    ]
    if bare and len(words) == 1:
        return _("write an option's value after =: {option}").format(option=f"{bare[0]}={quoted(words[0])}")
    last = [parameter for parameter in context.command.params if isinstance(parameter, click.Argument)][-1:]
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
    """Yield each option of a command with its help."""
    own_help = command.get_help_option(context)
    for option in command.get_params(context):
        if not isinstance(option, click.Option):
            continue
        shown = copy.copy(option)
        # Click caches the text of --help in the language of its first use.
        shown.help = gettext("Show this message and exit.") if option is own_help else translated(option.help)
        if isinstance(option.type, click.IntRange) and option.metavar:
            # Without the range, as `1<=x<=500000` helps nobody; a wrong number gets its own message.
            shown.type = click.INT
        if record := shown.get_help_record(context):
            yield record


def unknown_command(name: str, near: str) -> str:
    """Return the message for an unknown command, with the nearest one."""
    if not near:
        return _("unknown command '{name}'").format(name=name)
    return _("unknown command '{name}'; did you mean '{near}'?").format(name=name, near=near)


def unknown_option(name: str, near: str) -> str:
    """Return the message for an unknown option, with the nearest one."""
    if not near:
        return _("unknown option '{name}'").format(name=name)
    return _("unknown option '{name}'; did you mean '{near}'?").format(name=name, near=near)


def use_instead(command: str) -> str:
    """Return the hint to use another command; empty without one."""
    return _("use: {command}").format(command=f"crmtext {command}") if command else ""


def hint(error: click.ClickException) -> str:
    """Return the hint for a wrong command line; empty if only the help can tell."""
    if isinstance(error, Misuse):
        return error.hint
    if isinstance(error, click.MissingParameter) and error.ctx:
        return first_example(error.ctx)
    text = use_instead(_expected(error))
    if not text and isinstance(error, click.NoSuchOption) and (line := dashes.as_text(error)):
        return _("if it is text, put -- in front of it: {command}").format(command=line)
    return text


def first_example(context: click.Context) -> str:
    """Return the first example of a command's help as a hint; empty if there is none."""
    paragraphs = translated(context.command.help).split("\n\n")
    examples = (paragraph.removeprefix(VERBATIM).strip() for paragraph in paragraphs if paragraph.startswith(VERBATIM))
    # Behind two blanks, a table of examples says what each is for.
    example = next(examples, "").partition("\n")[0].partition("  ")[0]
    return _("for example: {command}").format(command=example) if example else ""


def _expected(error: click.ClickException) -> str:
    """The command that does the same as an option of other tools; empty if there is none."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return ""
    from crmtext.cli.framework import other_tools

    known = {name: parameter for parameter in error.ctx.command.params for name in parameter.opts}
    return other_tools.instead_of_option(error.ctx.info_name or "", error.option_name, known)


def misuse(error: click.ClickException) -> str:
    """Return the message for a wrong command line."""
    if isinstance(error, click.NoSuchOption):
        from crmtext.values.did_you_mean import nearest

        # Click's own suggestions are too far off.
        close = "" if _expected(error) else nearest(error.option_name, error.possibilities or ())
        return unknown_option(error.option_name, close)
    argument = error.param if isinstance(error, click.BadParameter) else None
    if isinstance(argument, click.Argument) and isinstance(argument.type, click.Choice):
        # Click names such an argument by all its words.
        if not isinstance(error, click.MissingParameter):
            return error.message
        return _("missing argument; one of: {values}").format(values=_(", ").join(argument.type.choices))
    return _as_line(error.format_message())


def _as_line(message: str) -> str:
    """Join the lines of Click's message into one, in the form of our own messages."""
    # Chinese sentences follow each other without a space.
    text = " ".join(message.split()).replace("。 ", "。").rstrip(".。")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
