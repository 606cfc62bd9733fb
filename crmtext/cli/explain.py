"""`crmtext explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext import explain as explain_pages
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit

if TYPE_CHECKING:
    from crmtext.problem import Exit


@click.command(cls=Command)
@click.argument("topic", metavar="[RULE|FIELD]", required=False)
@options.form("text", "json")
def explain(topic: str | None, form: str) -> Exit:
    """Explain a rule or a field.

    RULE is the name in brackets at the end of a problem; its page says why it exists and how to fix the problem. FIELD
    is the name or label of a field, in either language; its page shows values, synonyms and an example. Without an
    argument, all rules are listed.
    """
    schema, settings = options.rules()
    return emit(explain_pages.explain(schema, topic, settings) if topic else explain_pages.rules(schema), form)
