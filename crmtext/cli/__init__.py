"""The command line, one command a file."""

# Nothing is defined here: the commands' modules, such as `list` and `set`, become names of this one when imported,
# and would hide Python's own.
from __future__ import annotations

from crmtext.cli.group import crmtext as crmtext
from crmtext.cli.help import Command as Command
from crmtext.cli.help import Group as Group
