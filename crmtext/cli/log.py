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
@click.option("--date", default="", help="The day it happened, such as 2024-05-01, yesterday or -2d. Default: today.")
@click.option("--by", default="me", help="The colleague who did it: a handle or name. Default: you.")
@click.option("--contact", default="", help="The contact.")
@click.option("--direction", default="", help="The direction: in (from the customer) or out.")
@click.option("--outcome", default="", help="The outcome: positive, neutral, negative, no-answer or done.")
@click.option("--details", default="", help="Further details; may have several lines.")
@click.option("--next", "next_", default="", metavar="TEXT", help="The next step.")
@click.option(
    "--due",
    default="",
    metavar="DATE",
    help="The due date of the next step: 2024-05-10, +3d, next friday; friday is today if today is one.",
)
@click.option(
    "--time", "--next-time", "time", default="", metavar="TIME", help="The time of the next step, such as 14:00."
)
@click.option("--next-channel", default="", metavar="CHANNEL", help="The channel of the next step.")
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
    time: str,
    next_channel: str,
    case: str | None,
    form: str,
    *,
    how: WriteOptions,
) -> Exit:
    r"""Log a phone call, visit or message with a customer.

    CHANNEL is phone, visit, email, wechat and so on, in English or Chinese. If CUSTOMER names one of the contacts, the
    contact is filled in.

    \b
    crmtext log 示例电子 电话 "客户确认需求细节" --next "发送方案" --due 5月10日
    """
    store = options.store(writes=True)
    entry = record_log.Entry(
        channel,
        text,
        options.colleague(store, by),
        date,
        contact,
        direction,
        outcome,
        details,
        next_,
        due,
        next_time=time,
        next_channel=next_channel,
    )
    return emit(record_log.run(store, customer, entry, how, case=case), form)
