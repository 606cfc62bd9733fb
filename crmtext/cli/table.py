"""The commands by name: where each one is, and what it does in a line, so that help imports none of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Member(NamedTuple):
    """A command: `module:attribute`, the heading it stands under in help (none: hidden), and its one line."""

    target: str
    heading: str = ""
    summary: str = ""


#: Headings and summaries are message ids: help shows them translated.
COMMANDS: Mapping[str, Member] = MappingProxyType(
    {
        "init": Member("crmtext.cli.init:init", "Store", "Make a store in a folder"),
        "hooks": Member("crmtext.cli.hooks:hooks", "Store", "Install or remove git's hooks in this clone"),
        "demo": Member("crmtext.cli.demo:demo", "Store", "Make a store with generated customers to try things on"),
        "doctor": Member("crmtext.cli.doctor:doctor", "Store", "See whether this clone has all it needs"),
        "schema": Member(
            "crmtext.cli.schema:schema", "Store", "Compare the schema with the shipped one, and upgrade it"
        ),
        "config": Member("crmtext.cli.config:config", "Store", "Show the settings and where they come from"),
        "add": Member("crmtext.cli.add:add", "Records", "Add a customer"),
        "log": Member("crmtext.cli.log:log", "Records", "Note a phone call, visit or message"),
        "edit": Member("crmtext.cli.edit:edit", "Records", "Edit a record in your editor, and check it"),
        "append": Member("crmtext.cli.append:append", "Records", "Add an entry to a list, such as a contact"),
        "set": Member("crmtext.cli.set:set_", "Records", "Change keys of a customer, or of many"),
        "done": Member("crmtext.cli.done:done", "Records", "Mark a next step as done"),
        "status": Member("crmtext.cli.status:status", "Records", "Move a customer to another status"),
        "rename": Member("crmtext.cli.rename:rename", "Records", "Give a customer another id or file name"),
        "archive": Member("crmtext.cli.archive:archive", "Records", "Put a customer's file out of the way"),
        "rm": Member("crmtext.cli.rm:rm", "Records", "Remove a customer"),
        "fmt": Member("crmtext.cli.fmt:fmt", "Records", "Put records into one and the same form"),
        "undo": Member("crmtext.cli.undo:undo", "Records", "Undo the last change made by crmtext"),
        "show": Member("crmtext.cli.show:show", "Looking", "Show one customer as a card"),
        "list": Member("crmtext.cli.list:list_", "Looking", "List customers"),
        "check": Member("crmtext.cli.check:check", "Checking", "Find mistakes in the records"),
        "sync": Member("crmtext.cli.sync:sync", "Checking", "Fetch, merge, check and push"),
        "resolve": Member("crmtext.cli.resolve:resolve", "Checking", "Choose a side of what a merge left in conflict"),
        "explain": Member("crmtext.cli.explain:explain", "Checking", "Explain a rule, or a key of the records"),
        "diff": Member("crmtext.cli.diff:diff", "Checking", "Show what changed, in the customers' words"),
        "history": Member("crmtext.cli.history:history", "Checking", "Tell who changed what of a customer, and when"),
        "changes": Member("crmtext.cli.changes:changes", "Checking", "Tell what the last days brought"),
        "handover": Member("crmtext.cli.handover:handover", "Handing over", "Hand customers over to a colleague"),
        "report": Member("crmtext.cli.report:report", "Reports", "Write the reports"),
        "completion": Member("crmtext.cli.completion:completion", "Help", "Have your shell complete names and values"),
        "hook": Member("crmtext.cli.hook:hook"),
        "merge-driver": Member("crmtext.cli.merge_driver:merge_driver"),
        "textconv": Member("crmtext.cli.textconv:textconv"),
    }
)
