"""`crmtext diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.answer import Text
from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.diff import sides
from crmtext.diff.markdown import markdown
from crmtext.diff.masked import MaskedComparison
from crmtext.diff.narrow import narrowed
from crmtext.diff.text import document, text, unreadable_line
from crmtext.i18n import _
from crmtext.problem import CrmError, Exit, usage

if TYPE_CHECKING:
    from crmtext.store import Store


@click.command(cls=Command)
@click.argument("arguments", nargs=-1, metavar="[A[..B]] [CUSTOMER]")
@click.option("--staged", is_flag=True, help="Compare with the staged files instead of those on disk.")
@click.option("--exit-code", "exit_code", is_flag=True, help="Exit with code 1 if there are differences.")
@options.masking
@options.form("text", "markdown", "json")
def diff(arguments: tuple[str, ...], form: str, *, staged: bool, exit_code: bool, mask: bool) -> Exit:
    r"""Show what changed, in the customers' words.

    Without A, show the changes since the last commit. A and B are commits, branches, tags or days; A...B shows the
    changes in B since it branched off from A. With CUSTOMER, show only that customer.

    \b
    crmtext diff 2026-11-01..2026-11-30 示例电子
    """
    store = options.store()
    typed, customer = _parse_arguments(store, arguments)
    compared = sides.read(store, sides.span(store, typed, staged=staged))
    if customer:
        try:
            compared = narrowed(store, compared, customer, options.masking_of(store.schema, mask=mask))
        except CrmError as error:
            if error.problem.rule != "no-customer" or len(arguments) > 1:
                raise
            message = _("'{typed}' is neither a commit nor a customer").format(typed=customer)
            raise CrmError(error.problem._replace(message=message), error.exit_code) from None
    if mask:
        compared = MaskedComparison(compared)
    shown = markdown(compared) if form == "markdown" else text(compared)
    emit(Text(shown, document(compared), unreadable_line(compared) if form == "text" else ""), form)
    differs = bool(compared.differences or compared.unreadable)
    return Exit.FOUND if exit_code and differs else Exit.FINE


def _parse_arguments(store: Store, arguments: tuple[str, ...]) -> tuple[str, str]:
    """Return the range and the customer of the arguments."""
    match arguments:
        case ():
            return "", ""
        case (only,):
            return (only, "") if sides.is_span(store, only) else ("", only)
        case (typed, customer):
            return typed, customer
    raise usage(
        "too-many-arguments", _("give one range A..B and at most one customer"), _("crmtext diff A..B CUSTOMER")
    )
