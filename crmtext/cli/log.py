"""`crmtext log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmtext.cli.framework import options
from crmtext.cli.framework.help import Command
from crmtext.cli.framework.render import emit
from crmtext.record import log as record_log

if TYPE_CHECKING:
    from crmtext.problem import Exit
    from crmtext.record.change.write import WriteOptions


@click.command(cls=Command)
@click.argument("customer")
@click.argument("channel")
@click.argument("text")
@click.option("--date", default="", help="The day it happened, such as 2024-05-01, 昨天 or -2d; today if left out.")
@click.option("--by", default="me", help="Who did it: handle or name; you if left out.")
@click.option("--contact", default="", help="With whom.")
@click.option("--direction", default="", help="Who called whom: in or out.")
@click.option("--outcome", default="", help="How it went: positive, neutral, negative, no-answer, done.")
@click.option("--details", default="", help="More than one line about it.")
@click.option("--next", "next_", default="", metavar="TEXT", help="What is to be done next.")
@click.option("--due", default="", metavar="DATE", help="By which day: 2024-05-10, 下周五, +3d.")
@options.case
@options.writing
@options.form("table", "json")
def log(
    customer: str,
    channel: str,
    text: str,
    date: str,
    by: str,
    contact: str,
    direction: str,
    outcome: str,
    details: str,
    next_: str,
    due: str,
    case: str | None,
    form: str,
    *,
    how: WriteOptions,
) -> Exit:
    r"""Note a phone call, visit or message with a customer.

    CHANNEL is phone, visit, email, wechat and so on, in English or Chinese. If CUSTOMER names one of the contacts, the
    contact is filled in.

    \b
    crmtext log 示例电子 电话 "客户确认需求细节" --next "发送方案" --due 5月10日
    """
    store = options.store()
    entry = record_log.Entry(
        channel, text, options.colleague(store, by), date, contact, direction, outcome, details, next_, due
    )
    return emit(record_log.run(store, customer, entry, how, case=case), form)
