"""`crmtext explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext import explain as explaining
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("topic", metavar="[RULE|KEY]", required=False)
@options.form("text", "json")
def explain(topic: str | None, form: str) -> Exit:
    """Explain a rule or a key of the records.

    A RULE is what stands in brackets behind a problem: what it says, why, an example, and what to do. A KEY may be
    typed as it stands in a file or as people call it: its values, labels and an example. Without either, all rules
    are listed.
    """
    schema = options.schema()
    return emit(explaining.explain(schema, topic) if topic else explaining.rules(schema), form)
