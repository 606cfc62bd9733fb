"""The options of `crmtext` itself, which also work after a command: `report --lang zh`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from crmtext.cli.framework import language
from crmtext.cli.framework.session import current
from crmtext.cli.framework.types import Choice, Location
from crmtext.i18n import N_
from crmtext.terminal import color

_FOLDER = Location(exists=True, file_okay=False, path_type=Path)


def options() -> list[click.Option]:
    """Return the options, which take effect as soon as they are parsed."""
    return [
        click.Option(
            ["-C", "directory"],
            type=_FOLDER,
            metavar="DIR",
            help=N_("Run as if started in this folder."),
            callback=_set,
            expose_value=False,
        ),
        click.Option(
            ["--lang", "language"],
            type=Choice(["en", "zh"]),
            help=N_("The language of the messages."),
            callback=_set,
            is_eager=True,
            expose_value=False,
        ),
        click.Option(
            ["--color"],
            type=Choice(["auto", "always", "never"]),
            help=N_("When to use color."),
            callback=_set,
            expose_value=False,
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            default=None,
            help=N_("Show the traceback of a bug in crmtext."),
            callback=_set,
            expose_value=False,
        ),
    ]


def accept(parameters: list[click.Parameter]) -> None:
    """Add the options to a command, hidden in its help."""
    taken = {name for parameter in parameters for name in parameter.opts}
    for option in options():
        if taken.isdisjoint(option.opts):
            # A parameter of the command may have the same name.
            option.name = f"anywhere_{option.name}"
            option.hidden = True
            parameters.append(option)


def _set(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is None:
        return
    name = str(parameter.name).removeprefix("anywhere_")
    context.obj = current()._replace(**{name: value})
    if name == "language":
        language.speak(value)
    if name == "color":
        context.color = color.colours(value, sys.stdout)
