"""`crmtext set`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Misuse, such_as
from crmtext.cli.framework.render import emit
from crmtext.i18n import _
from crmtext.record import set as record_set

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command("set", cls=Command)
@click.argument("given", nargs=-1, metavar="[CUSTOMER] KEY=VALUE...")
@click.option(
    "--where", default="", metavar="EXPR", help="All customers for which this is true, such as: 'vip' in tags."
)
@options.case
@options.writing
@options.form("table", "json")
def set_(given: tuple[str, ...], where: str, case: str | None, form: str, *, how: WriteOptions) -> Exit:
    r"""Change keys of a customer, or with --where of many: of all of them or of none.

    A key may be typed in Chinese, and so may a value. An entry of a list is named by its number from 0 or by what
    identifies it. A stage or status that asks for a date gets today's; a score gets today's date, and the earlier one
    becomes feedback.

    \b
    crmtext set 示例电子 优先级=重点 contacts[张三].title=采购总监
    crmtext set 示例电子 opportunities[0].stage=赢单
    crmtext set 示例电子 tags+=vip tags-=新客户 website=
    crmtext set --where "owner == 'liuyang'" owner=李雷
    """
    customer, assignments = ("", given) if where else (given[0] if given else "", given[1:])
    if not assignments or (not where and ("=" in customer or "＝" in customer)):
        context = click.get_current_context()
        raise Misuse(_("name a customer, or many with --where, then KEY=VALUE"), such_as(context), context)
    store = options.store()
    if where:
        return emit(record_set.run_where(store, where, assignments, how, case=case), form)
    return emit(record_set.run(store, customer, assignments, how, case=case), form)
