"""`crmtext append`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import append as record_append

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@click.argument("customer")
@click.argument("list_", metavar="LIST")
@click.argument("given", nargs=-1, metavar="FIELD=VALUE...")
@options.case
@options.writing
@options.form("table", "json")
def append(
    customer: str, list_: str, given: tuple[str, ...], case: str | None, form: str, *, how: WriteOptions
) -> Exit:
    r"""Add an entry to a list of a customer: contacts, needs, opportunities, transactions, cases, feedback and so on.

    A required date defaults to today, a required colleague to you. For a list of words, such as tags, give the words.
    After a complaint, or a score of 1 or 2, the command that opens a case is printed; --case opens it.

    \b
    crmtext append 示例电子 联系人 姓名=李四 职位=财务经理 电话=13900139000
    crmtext append 示例电子 cases kind=投诉 summary="设备停机" priority=高
    crmtext append 示例电子 反馈 类型=投诉 内容="设备停机" --case
    crmtext append 示例电子 tags vip
    """
    return emit(record_append.run(options.store(writes=True), customer, list_, given, how, case=case), form)
