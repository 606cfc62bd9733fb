"""Commands and options of other tools, with the command that does the same here."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

#: Commands of other tools, with ours.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {word: command for command, words in _TABLE["commands"].items() for word in words}
)

#: Options that a command lacks, with the command that does the same.
OPTIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (name, option): command
        for name, commands in _TABLE["options"].items()
        for command, options in commands.items()
        for option in options
    }
)


def instead_of_option(command: str, option: str, known: Mapping[str, object]) -> str:
    """Return the command to use instead of an unknown option; empty if there is none."""
    if option == "--json" and "--format" in known:
        return f"{command} --format json"
    return OPTIONS.get((command, option), "")
