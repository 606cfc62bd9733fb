"""Rules of changing records: what an entry, a step, a file and a commit need before anything is written."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "duplicate": """\
A customer is added once.

Why: Of two records of one customer, half of what is agreed stands in each.

Instead: `crmtext show` the one that is there; `--force` adds another all the same.
""",
        "do-not-contact": """\
A customer is contacted in the ways that they accept.

Why: A customer who said no to calls and is called again may complain, and often leaves.

Instead: Choose another way; `preferences.do_not_contact` lists those that the customer does not want.
""",
        "unknown-contact": """\
An interaction names a contact of the record.

Why: Figures and cards by contact miss an interaction whose contact is spelled in another way.

Instead: Write the name as the record has it, or add the contact with `crmtext append CUSTOMER contacts name=NAME`.
""",
        "twin-entry": """\
A list holds an entry once.

Instead: Change the entry that is there with `crmtext set`.
""",
        "no-assignment": """\
A change names a key and its value.

Instead: Write KEY=VALUE; for a list LIST+=VALUE adds and LIST-=VALUE takes away; KEY= removes the key.
""",
        "no-entry": """\
An entry is named by what tells it apart: a contact by name, a case by title.

Instead: Take one of those that are listed, or add it with `crmtext append`.
""",
        "several-entries": """\
One entry is named.

Why: Nothing is guessed where two entries bear the same name.

Instead: Name it by its number from the list.
""",
        "no-step": """\
`done` marks one next step that is still open.

Instead: Give its number where a customer has several: `crmtext done CUSTOMER 2`.
""",
        "done-date": """\
A step is done on the day it was agreed or later.

Instead: Correct the day.
""",
        "no-complaint": """\
`--case` opens a case for a complaint or a score of 1 or 2.

Why: Otherwise it would have to guess of what kind the case is.

Instead: `crmtext append CUSTOMER cases kind=question summary=TEXT`.
""",
        "same-status": """\
A move leads to another status.

Instead: Change what goes with the status by itself, such as `crmtext set CUSTOMER cooperation.since=2026-11-01`.
""",
        "status-option": """\
Each status takes its own options: a lost customer a reason, an active one the day since when.

Instead: Leave the option out, or choose the status it goes with.
""",
        "id-form": """\
An id has the form that the schema gives it.

Instead: Leave the id out, and a new one is made.
""",
        "id-stays": """\
The id changes together with the file's name and all references to it.

Instead: `crmtext rename CUSTOMER --id NEW`.
""",
        "folder": """\
Records lie in `records/` or folders below it.

Instead: Name a folder there, without dots at its beginning.
""",
        "file-exists": """\
No file is written over another one.

Instead: Choose another name, or look at the file that is there.
""",
        "still-referred": """\
A customer that others refer to is not removed.

Instead: `--force` takes the references out as well; `crmtext archive` keeps the record out of the way.
""",
        "not-committed": """\
A record is removed when git holds it as it is now.

Why: It can be brought back then.

Instead: Commit it first, or remove it all the same with `--force`.
""",
        "archive": """\
A record is put into the archive once, and taken back from there.

Instead: The message names the folder where it lies.
""",
        "commit-message": """\
A commit's message is plain text.

Instead: Type it anew; signs that cannot be seen may have come with a copy.
""",
        "ignored-by-git": """\
Git takes every record in.

Why: A record that a line of `.gitignore` leaves out stays on this disk: no colleague gets it, and no backup by git.

Instead: Take the line that is named out of its file; for this one record alone, `git add -f` it.
""",
        "no-editor": """\
`edit` opens the editor that git would open.

Instead: Name one: `git config --global core.editor nano`; single values change with `crmtext set`.
""",
        "editor-failed": """\
An editor that ends with an error has changed nothing.

Why: That is how editors say that you thought better of it.

Instead: Run `crmtext edit` again; what you had typed is offered if there was any.
""",
        "being-edited": """\
A record is edited in one window at a time.

Instead: End the other editor first.
""",
        "killed-command": """\
A command that was killed half-way is finished by the next one.

Why: Several files that change together are all changed, or none is.

Instead: Look at the change with `git diff`; `crmtext undo` takes it back.
""",
        "nothing-to-undo": """\
`undo` takes back the last change that crmtext wrote in this clone.

Instead: Older changes come back with git: `git log -p -- records/`.
""",
        "changed-since": """\
`undo` takes back its change only while nothing else has touched the same files.

Why: It would take back the later change as well.

Instead: `crmtext edit` the record, or `git checkout` the version that you want.
""",
    }
)
