"""`crmtext append`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli import Command, options
from crmtext.cli.render import emit
from crmtext.record import append as appending

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.draft import How


@click.command(cls=Command)
@click.argument("customer")
@click.argument("list_", metavar="LIST")
@click.argument("given", nargs=-1, metavar="KEY=VALUE...")
@options.writing
@options.form("table", "json")
def append(customer: str, list_: str, given: tuple[str, ...], form: str, *, how: How) -> Exit:
    r"""Add an entry to a list of a customer: contacts, needs, opportunities, transactions, cases, feedback and so on.

    A day and a colleague that the entry needs are today and you where they are left out. Of a list of words, such as
    tags, name the words.

    \b
    crmtext append 示例电子 联系人 姓名=李四 职位=财务经理 电话=13900139000
    crmtext append 示例电子 cases kind=投诉 summary="设备停机" priority=高
    crmtext append 示例电子 tags vip
    """
    return emit(appending.run(options.store(), customer, list_, given, how), form)
