"""The commands by name: where each one is, and what it does in a line, so that help imports none of them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Member:
    """A command: `module:attribute`, the heading it stands under in help (none: hidden), and its one line."""

    target: str
    heading: str = ""
    summary: str = ""


#: Headings and summaries are message ids: help shows them translated.
COMMANDS: Mapping[str, Member] = MappingProxyType(
    {
        "init": Member("crmtext.cli.init:init", "Store", "Make a store in a folder"),
        "hooks": Member("crmtext.cli.hooks:hooks", "Store", "Install or remove git's hooks in this clone"),
        "log": Member("crmtext.cli.log:log", "Records", "Note a phone call, visit or message"),
        "show": Member("crmtext.cli.show:show", "Looking", "Show one customer as a card"),
        "list": Member("crmtext.cli.list:list_", "Looking", "List customers"),
        "check": Member("crmtext.cli.check:check", "Checking", "Find mistakes in the records"),
        "report": Member("crmtext.cli.report:report", "Reports", "Write the reports"),
        "hook": Member("crmtext.cli.hook:hook"),
    }
)
