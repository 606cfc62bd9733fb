"""`crmtext subject-access`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.cli.framework.session import absolute
from crmtext.cli.framework.types import Location
from crmtext.protection import subject_access as to_subject

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command("subject-access", cls=Command)
@click.argument("customer")
@click.option("-o", "--output", required=True, type=Location(), metavar="DIR",
              help="Write to this folder, which is missing or empty.")  # fmt: skip
@click.option("--contact", default="", metavar="NAME", help="The person is this contact of the customer.")
def subject_access(customer: str, output: str, contact: str) -> Exit:
    r"""Write what the store holds about a person, for the person.

    A page (Markdown) and the same as JSON: the record with sensitive fields, where the data came from, consents, to
    whom it was given, and the history. Data of other contacts is left out, and masked in free text. For a contact of
    a company, only what is about the contact. Files can be read by you alone. A disclosure is written.

    \b
    crmtext subject-access 陈立群 -o ../answer
    """
    store = options.store()
    given = to_subject.answer(store, customer, contact)
    lines = to_subject.write(store, given, absolute(Path(output)), output)
    return emit(Text("", note="\n".join(lines)))
