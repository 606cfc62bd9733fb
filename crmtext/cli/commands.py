"""The commands by subject: where each one is, and what it does in a line, so that help imports none of them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping


class Member(NamedTuple):
    """A command: `module:attribute`, its subject (empty: hidden) and its summary."""

    target: str
    subject: str = ""
    summary: str = ""


#: Subjects by name, each with its heading.
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "daily": N_("Daily"),
        "records": N_("Records"),
        "files": N_("Import and export"),
        "reports": N_("Figures and reports"),
        "changes": N_("Checking and changes"),
        "protection": N_("Protection"),
        "store": N_("Store"),
    }
)

#: Commands by name, grouped by subject. Summaries are message ids, which help translates.
COMMANDS: Mapping[str, Member] = MappingProxyType(
    {
        "sync": Member("crmtext.cli.sync:sync", "daily", "Fetch, merge, check and push"),
        "due": Member("crmtext.cli.due:due", "daily", "Show what is overdue, due today and coming"),
        "search": Member("crmtext.cli.search:search", "daily", "Find customers by any text, pinyin or phone number"),
        "show": Member("crmtext.cli.show:show", "daily", "Show one customer as a card"),
        "log": Member("crmtext.cli.log:log", "daily", "Log a phone call, visit or message"),
        "done": Member("crmtext.cli.done:done", "daily", "Mark a next step as done"),
        "add": Member("crmtext.cli.add:add", "daily", "Add a customer"),
        "status": Member("crmtext.cli.status:status", "daily", "Change a customer's status"),
        "set": Member("crmtext.cli.set:set_", "daily", "Change fields of a customer, or of many"),
        "append": Member("crmtext.cli.append:append", "records", "Add an entry to a list, such as a contact"),
        "edit": Member("crmtext.cli.edit:edit", "records", "Edit a record in your editor and check it"),
        "rename": Member("crmtext.cli.rename:rename", "records", "Give a customer another id or file name"),
        "archive": Member("crmtext.cli.archive:archive", "records", "Archive a customer's file"),
        "rm": Member("crmtext.cli.rm:rm", "records", "Remove a customer"),
        "undo": Member("crmtext.cli.undo:undo", "records", "Undo the last change made by crmtext"),
        "fmt": Member("crmtext.cli.fmt:fmt", "records", "Put records into canonical form"),
        "list": Member("crmtext.cli.list:list_", "records", "List customers"),
        "import": Member("crmtext.cli.import_:import_", "files", "Bring in customers from files of other systems"),
        "export": Member("crmtext.cli.export:export", "files", "Write customers to files: CSV, XLSX, JSON and more"),
        "dedupe": Member("crmtext.cli.dedupe:dedupe", "files", "List groups of likely duplicates"),
        "merge": Member("crmtext.cli.merge:merge", "files", "Make one customer of two"),
        "stats": Member("crmtext.cli.stats:stats", "reports", "Count customers, deals and money by groups and periods"),
        "review": Member("crmtext.cli.review:review", "reports", "Print a checklist for the team"),
        "classify": Member(
            "crmtext.cli.classify:classify", "reports", "Classify customers by the rules of the settings"
        ),
        "report": Member("crmtext.cli.report:report", "reports", "Write the reports"),
        "check": Member("crmtext.cli.check:check", "changes", "Find mistakes in the records"),
        "explain": Member("crmtext.cli.explain:explain", "changes", "Explain a rule or a field"),
        "diff": Member("crmtext.cli.diff:diff", "changes", "Show what changed, in the customers' words"),
        "history": Member("crmtext.cli.history:history", "changes", "Show who changed what in a customer, and when"),
        "changes": Member("crmtext.cli.changes:changes", "changes", "Show the changes of the last days"),
        "resolve": Member("crmtext.cli.resolve:resolve", "changes", "Resolve a merge conflict by choosing a side"),
        "handover": Member("crmtext.cli.handover:handover", "changes", "Hand customers over to a colleague"),
        "retention": Member("crmtext.cli.retention:retention", "protection", "Show whose retention period has ended"),
        "subject-access": Member(
            "crmtext.cli.subject_access:subject_access", "protection", "Write what the store holds about a person"
        ),
        "disclosures": Member(
            "crmtext.cli.disclosures:disclosures", "protection", "List what was given to whom and why"
        ),
        "key": Member("crmtext.cli.key:key", "protection", "Make and show your key"),
        "backup": Member("crmtext.cli.backup:backup", "protection", "Write or verify an encrypted backup"),
        "restore": Member("crmtext.cli.restore:restore", "protection", "Make a store of a backup"),
        "role-view": Member(
            "crmtext.cli.role_view:role_view", "protection", "Write a store with only what a role may see"
        ),
        "init": Member("crmtext.cli.init:init", "store", "Create a store in a folder"),
        "demo": Member("crmtext.cli.demo:demo", "store", "Create a store with generated customers for a trial"),
        "doctor": Member("crmtext.cli.doctor:doctor", "store", "Check the setup of this clone"),
        "config": Member("crmtext.cli.config:config", "store", "Show the settings and where they come from"),
        "schema": Member(
            "crmtext.cli.schema:schema", "store", "Compare the schema with the shipped one, and upgrade it"
        ),
        "hooks": Member("crmtext.cli.hooks:hooks", "store", "Install or remove git's hooks in this clone"),
        "completion": Member(
            "crmtext.cli.completion:completion", "store", "Set up completion of names and values in your shell"
        ),
        "help": Member(
            "crmtext.cli.framework.subjects:help_", "store", "List the commands of a subject, or show a command's help"
        ),
        "today": Member("crmtext.cli.due:due"),
        "agenda": Member("crmtext.cli.due:due"),
        "todo": Member("crmtext.cli.due:due"),
        "hook": Member("crmtext.cli.hook:hook"),
        "merge-driver": Member("crmtext.cli.merge_driver:merge_driver"),
        "textconv": Member("crmtext.cli.textconv:textconv"),
    }
)
