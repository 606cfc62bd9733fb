"""`crmtext set`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command, Misuse, first_example
from crmtext.cli.framework.render import emit
from crmtext.i18n import _
from crmtext.record import set as record_set

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command("set", cls=Command)
@click.argument("given", nargs=-1, metavar="[CUSTOMER] FIELD=VALUE...")
@click.option("--where", default="", metavar="EXPR", help="Change all customers that match, such as: 'vip' in tags.")
@options.case
@options.writing
@options.form("table", "json")
def set_(given: tuple[str, ...], where: str, case: str | None, form: str, *, how: WriteOptions) -> Exit:
    r"""Change fields of a customer, or with --where of many customers: all of them or none.

    Fields and values may be typed in Chinese. Name an entry of a list by its number from 0 or by its name. If a stage
    or status requires a date, today is filled in. A new score gets today's date, and the earlier score becomes
    feedback.

    \b
    crmtext set 示例电子 优先级=重点 contacts[张三].title=采购总监
    crmtext set 示例电子 opportunities[0].stage=赢单
    crmtext set 示例电子 tags+=vip tags-=新客户 website=
    crmtext set --where "owner == 'liuyang'" owner=李雷
    """
    customer, assignments = ("", given) if where else (given[0] if given else "", given[1:])
    if not assignments or (not where and ("=" in customer or "＝" in customer)):
        context = click.get_current_context()
        raise Misuse(_("give a customer, or many with --where, then FIELD=VALUE"), first_example(context), context)
    store = options.store(writes=True)
    if where:
        return emit(record_set.run_where(store, where, assignments, how, case=case), form)
    return emit(record_set.run(store, customer, assignments, how, case=case), form)
