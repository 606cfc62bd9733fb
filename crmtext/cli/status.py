"""`crmtext status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options, prompts
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import status as record_status
from crmtext.record.input import arguments

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions
    from crmtext.store import Store


@click.command(cls=Command)
@click.argument("customer")
@click.argument("new")
@click.option("--since", default="", metavar="DATE", help="For active and lost: the start date. Default: today.")
@click.option("--reason", default="", metavar="TEXT", help="For paused and lost: the reason.")
@click.option(
    "--category", default="", help="For lost: price, product, service, competitor, closed, contact-left or other."
)
@click.option("--product", "products", multiple=True, metavar="NAME", help="For active: a product; may be repeated.")
@options.writing
@options.form("table", "json")
def status(
    customer: str,
    new: str,
    since: str,
    reason: str,
    category: str,
    products: tuple[str, ...],
    form: str,
    *,
    how: WriteOptions,
) -> Exit:
    r"""Change a customer's status, and the fields that depend on it.

    To active: the start date and the products. From active: the satisfaction becomes feedback. To lost: the date and
    the reason, which are kept if the customer comes back. A change that crmtext.toml does not allow gives a warning.

    \b
    crmtext status 示例电子 合作中 --since 5月20日 --product "温湿度变送器 TH-200"
    crmtext status 示例电子 流失 --category 价格 --reason "比价后选了别家"
    """
    store = options.store(writes=True)
    move = record_status.Move(arguments.choice(store.schema, "status", new), since, reason, category, products)
    return emit(
        record_status.run(store, customer, _with_answers(store, move) if prompts.possible() else move, how), form
    )


def _with_answers(store: Store, move: record_status.Move) -> record_status.Move:
    """The change, completed by questions if its status needs a reason."""
    fields = store.schema.by_path

    def ask(path: str, given: str) -> str:
        return given or prompts.ask_value(store, fields[path], fields[path].label)

    if move.to == "paused":
        return record_status.Move(move.to, reason=ask("cooperation.paused_reason", move.reason))
    if move.to == "lost":
        category = ask("churn.category", move.category)
        return record_status.Move(move.to, move.since, ask("churn.reason", move.reason), category)
    return move
