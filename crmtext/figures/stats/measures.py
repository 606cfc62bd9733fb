"""The measures: what each one counts, on which day, and how its values become a figure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.computed.deals import chance, is_open
from crmtext.figures.created import created
from crmtext.figures.stats.values import FIGURES
from crmtext.figures.tables import Column
from crmtext.i18n import N_, _, translations
from crmtext.model import day, is_contact
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.values.money import decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from crmtext.figures.stats.groups import Frame
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot


class Moment(NamedTuple):
    """The store at one moment."""

    snapshot: Snapshot
    #: Its day, in the form that dates of records are compared in.
    today: str
    settings: Settings


class Measure(NamedTuple):
    """A measure: the items of one list, a value of each, and a figure of all these values."""

    label: str
    #: How it is computed.
    about: str
    synonyms: tuple[str, ...]
    #: The path of the list or block whose items it counts; empty for customers.
    items: str
    #: The kind of the figure; see `tables.py`.
    kind: str
    #: Returns the value of an item; None if it doesn't count. The last part of an amount without number is None.
    value: Callable[[Frame, Moment], Any]
    #: Returns the day of an event, perhaps partial or missing. A measure without it describes a moment.
    day: Callable[[Frame, Moment], Any] | None = None
    #: Whether equal values count once.
    distinct: bool = False
    #: The dates of an item that the value depends on, by whether they are before or after the moment.
    compared: tuple[str, ...] = ()

    def figure(self, values: Sequence[Any]) -> Any:
        """Return the figure of some values."""
        return FIGURES[self.kind]([*{*values}] if self.distinct else values)

    @property
    def has_amounts(self) -> bool:
        """Whether its values are amounts."""
        return self.kind in ("money", "averages", "wins")


def find(typed: str) -> str:
    """Return the name of a measure for a name, label or synonym; empty if there is none."""
    return _typed().get(typed.strip().casefold(), "")


def named(typed: str) -> str:
    """Return the name of a measure for a name, label or synonym. Raises CrmError for an unknown one."""
    if name := find(typed):
        return name
    near = nearest(typed, _typed(), loose=True)
    hint = did_you_mean(near, _("all measures: crmtext explain measures"))
    raise usage("unknown-measure", _("unknown measure '{name}'").format(name=typed), hint)


@cache
def _typed() -> Mapping[str, str]:
    return {typed.casefold(): name for name in reversed([*MEASURES]) for typed in names_of(name)}


def column_of(name: str) -> Column:
    """Return the column of a measure."""
    measure = MEASURES[name]
    return Column(name, _(measure.label), measure.kind, is_moment=measure.day is None)


def names_of(name: str) -> tuple[str, ...]:
    """Return all names of a measure: name, labels and synonyms."""
    measure = MEASURES[name]
    return (name, *translations(measure.label).values(), *measure.synonyms)


def _amount(frame: Frame, moment: Moment) -> tuple[str, Decimal | None]:
    item = frame[-1]
    return currency_of(item, moment.settings), decimal(item["amount"]) if "amount" in item else None


def _one(_frame: Frame, _moment: Moment) -> int:
    return 1


def _if(test: Callable[[Frame, Moment], Any], value: Callable[[Frame, Moment], Any] = _one) -> Any:
    """The value of the items that pass a test."""
    return lambda frame, moment: value(frame, moment) if test(frame, moment) else None


def _on(key: str) -> Callable[[Frame, Moment], Any]:
    """The day in a field of the item."""
    return lambda frame, _moment: frame[-1].get(key)


def _since(frame: Frame, _moment: Moment) -> Any:
    return frame[0].get("cooperation", {}).get("since")


def _is_unpaid(frame: Frame, moment: Moment) -> bool:
    sale = frame[-1]
    paid = sale.get("paid")
    return str(sale["date"])[:10] <= moment.today and (not paid or str(paid) > moment.today)


def _is_overdue(frame: Frame, moment: Moment) -> bool:
    due = frame[-1].get("payment_due")
    return bool(due) and str(due) < moment.today and _is_unpaid(frame, moment)


def _is_open_deal(frame: Frame, _moment: Moment) -> bool:
    return is_open(frame[-1])


def _forecast(when: Callable[[str, str], bool]) -> Any:
    """The weighted amount of open deals of customers not lost whose expected close, and today, pass a test."""

    def value(frame: Frame, moment: Moment) -> tuple[str, Decimal | None] | None:
        deal = frame[-1]
        close = str(deal.get("expected_close") or "")
        if not is_open(deal) or frame[0].customer.status == "lost" or not when(close, moment.today):
            return None
        currency, amount = _amount(frame, moment)
        return currency, None if amount is None else amount * chance(deal, moment.settings) / 100

    return value


def _is_open_case(frame: Frame, moment: Moment) -> bool:
    case = frame[-1]
    return bool(case["status"] != "closed") and str(case["opened"])[:10] <= moment.today


def _is_open_step(frame: Frame, _moment: Moment) -> bool:
    return not frame[-1].get("done")


def _is_overdue_step(frame: Frame, moment: Moment) -> bool:
    step = frame[-1]
    return not step.get("done") and bool(step.get("due")) and str(step["due"])[:10] < moment.today


def _is_call(frame: Frame, _moment: Moment) -> bool:
    return bool(frame[-1]["channel"] == "phone" and frame[-1].get("direction") != "in")


def _is_missed(frame: Frame, moment: Moment) -> bool:
    return _is_call(frame, moment) and frame[-1].get("outcome") == "no-answer"


def _is_purchase(frame: Frame, _moment: Moment) -> bool:
    return bool(frame[-1]["amount"] > 0)


def _stage(name: str) -> Callable[[Frame, Moment], bool]:
    return lambda frame, _moment: frame[-1]["stage"] == name


def _price(frame: Frame, moment: Moment) -> tuple[str, Decimal | None]:
    item = frame[-1]
    price = decimal(item["price"]) * decimal(item.get("quantity", 1)) if "price" in item else None
    return currency_of(frame[1], moment.settings), price


def _bought(frame: Frame, moment: Moment) -> tuple[str, str, str] | None:
    written = str(frame[-1]["product"])
    product = moment.settings.product(written)
    is_bought = frame[1]["amount"] > 0
    return (frame[0].customer.id, product.shown if product else written, frame[1]["date"]) if is_bought else None


def _is_closed_case(frame: Frame, _moment: Moment) -> bool:
    return bool(frame[-1]["status"] == "closed")


def _duration(frame: Frame, moment: Moment) -> int | None:
    opened, closed = (day(frame[-1].get(key)) for key in ("opened", "closed"))
    return (closed - opened).days if opened and closed and _is_closed_case(frame, moment) else None


def _score(key: str) -> Callable[[Frame, Moment], Any]:
    return lambda frame, _moment: frame[-1].get(key)


def _survey(frame: Frame, _moment: Moment) -> Any:
    return frame[-1].get("score") if frame[-1]["kind"] == "survey" else None


#: All measures by name: first those of a moment, then those of events.
MEASURES: Mapping[str, Measure] = {
    "customers": Measure(
        N_("Customers"), N_("the number of customers"), ("客户数", "客户数量"), "", "number", _one,
    ),
    "open_deals": Measure(
        N_("Open deals"), N_("the number of opportunities that are neither won nor lost"),
        ("未结商机数", "在谈商机数"), "opportunities", "number", _if(_is_open_deal),
    ),
    "open_value": Measure(
        N_("Open amount"), N_("the amounts of opportunities that are neither won nor lost"),
        ("商机金额", "open value"), "opportunities", "money", _if(_is_open_deal, _amount),
    ),
    "weighted": Measure(
        N_("Weighted forecast"),
        N_("amount × probability of the open opportunities with an expected close on that day or later; those of lost "
           "customers don't count"),
        ("预测金额", "加权金额", "forecast"), "opportunities", "money",
        _forecast(lambda close, today: close >= today), compared=("expected_close",),
    ),
    "weighted_past": Measure(
        N_("Weighted past close date"),
        N_("amount × probability of the open opportunities with an expected close before that day; those of lost "
           "customers don't count"),
        ("加权金额（已过期）", "weighted past"), "opportunities", "money",
        _forecast(lambda close, today: "" < close < today), compared=("expected_close",),
    ),
    "weighted_undated": Measure(
        N_("Weighted without close date"),
        N_("amount × probability of the open opportunities without an expected close; those of lost customers don't "
           "count"),
        ("加权金额（无日期）", "weighted undated"), "opportunities", "money",
        _forecast(lambda close, _today: not close),
    ),
    "receivable": Measure(
        N_("Receivable"), N_("the amounts of the transactions up to that day that are not paid by then"),
        ("应收金额", "应收款", "receivables"), "transactions", "money", _if(_is_unpaid, _amount),
        compared=("date", "paid"),
    ),
    "overdue_receivable": Measure(
        N_("Overdue receivable"), N_("the part of the receivable whose payment was due before that day"),
        ("逾期应收款", "overdue receivables"), "transactions", "money", _if(_is_overdue, _amount),
        compared=("date", "paid", "payment_due"),
    ),
    "open_cases": Measure(
        N_("Open cases"), N_("the number of cases opened up to that day and not closed"),
        ("未结工单", "未结工单数"), "cases", "number", _if(_is_open_case), compared=("opened",),
    ),
    "open_steps": Measure(
        N_("Open next steps"), N_("the number of next steps that are not done"),
        ("未完成的下一步", "open steps"), "interactions.next", "number", _if(_is_open_step),
    ),
    "overdue_steps": Measure(
        N_("Overdue next steps"), N_("the number of next steps that are not done and were due before that day"),
        ("逾期下一步", "overdue steps"), "interactions.next", "number", _if(_is_overdue_step),
        compared=("due",),
    ),
    "new": Measure(
        N_("Customers created"), N_("customers by the day on which they were created"),
        ("新增客户", "new customers"), "", "number", _one,
        lambda frame, moment: created(frame[0].customer, moment.snapshot),
    ),
    "signed": Measure(
        N_("Signed customers"),
        N_("customers by the first day of the cooperation; a year or month alone counts only in a period that "
           "contains all of it"),
        ("签约客户", "签约"), "", "number", _if(_since), _since,
    ),
    "customers_lost": Measure(
        N_("Lost customers"), N_("customers with status lost, by the date of churn"),
        ("流失客户数", "流失"), "", "number", _if(lambda frame, _moment: frame[0].customer.status == "lost"),
        lambda frame, _moment: frame[0].get("churn", {}).get("date"),
    ),
    "followups": Measure(
        N_("Follow-ups"),
        N_("interactions that reached the customer; notes, handovers, unanswered calls and outgoing messages don't "
           "count"),
        ("跟进次数", "contacts made"), "interactions", "number",
        _if(lambda frame, _moment: is_contact(frame[-1])), _on("date"),
    ),
    "attempts": Measure(
        N_("Calls made"), N_("phone calls that did not come in"), ("外呼", "calls"), "interactions", "number",
        _if(_is_call), _on("date"),
    ),
    "no_answer": Measure(
        N_("Calls not answered"), N_("phone calls that did not come in, with outcome no-answer"),
        ("未接通次数", "no answer"), "interactions", "number", _if(_is_missed), _on("date"),
    ),
    "answer_rate": Measure(
        N_("Answer rate"), N_("1 − calls not answered / calls made"), ("外呼接通率",), "interactions", "answers",
        _if(_is_call, _is_missed), _on("date"),
    ),
    "steps_done": Measure(
        N_("Next steps done"), N_("next steps by the day on which they were done"),
        ("已完成的下一步", "steps done"), "interactions.next", "number", _if(_on("done")), _on("done"),
    ),
    "transactions": Measure(
        N_("Transaction count"), N_("the number of transactions, refunds included"), ("交易数", "交易次数"),
        "transactions", "number", _one, _on("date"),
    ),
    "purchases": Measure(
        N_("Purchases"), N_("the number of transactions with an amount above zero"), ("购买次数", "成交笔数"),
        "transactions", "number", _if(_is_purchase), _on("date"),
    ),
    "revenue": Measure(
        N_("Revenue"), N_("the amounts of all transactions by their date, refunds included"),
        ("销售额", "成交金额"), "transactions", "money", _amount, _on("date"),
    ),
    "refunds": Measure(
        N_("Refunds"), N_("the amounts of the transactions with an amount below zero"), ("退款",),
        "transactions", "money", _if(lambda frame, _moment: frame[-1]["amount"] < 0, _amount), _on("date"),
    ),
    "paid_amount": Measure(
        N_("Payments received"), N_("the amounts of transactions by the day on which they were paid"),
        ("回款", "paid amount"), "transactions", "money", _if(_on("paid"), _amount), _on("paid"),
    ),
    "average_order": Measure(
        N_("Average order"), N_("the mean amount of the transactions with an amount above zero"), ("客单价",),
        "transactions", "averages", _if(_is_purchase, _amount), _on("date"),
    ),
    "item_value": Measure(
        N_("Value of items"), N_("quantity × price of the items of transactions; without a quantity, one"),
        ("商品金额", "item value"), "transactions.items", "money", _price, lambda frame, _moment: frame[1]["date"],
    ),
    "item_days": Measure(
        N_("Days bought"), N_("on how many days each customer bought each product"), ("购买日数", "item days"),
        "transactions.items", "number", _bought, lambda frame, _moment: frame[1]["date"], distinct=True,
    ),
    "deals_won": Measure(
        N_("Deals won"), N_("won opportunities by the day on which they were closed"), ("赢单数",), "opportunities",
        "number", _if(_stage("won")), _on("closed"),
    ),
    "won_amount": Measure(
        N_("Amount won"), N_("the amounts of won opportunities by the day on which they were closed"),
        ("赢单额", "won amount"), "opportunities", "money", _if(_stage("won"), _amount), _on("closed"),
    ),
    "deals_lost": Measure(
        N_("Deals lost"), N_("lost opportunities by the day on which they were closed"), ("输单数",), "opportunities",
        "number", _if(_stage("lost")), _on("closed"),
    ),
    "lost_amount": Measure(
        N_("Amount lost"), N_("the amounts of lost opportunities by the day on which they were closed"),
        ("输单额", "lost amount"), "opportunities", "money", _if(_stage("lost"), _amount), _on("closed"),
    ),
    "win_rate": Measure(
        N_("Win rate"), N_("won / (won + lost) opportunities, by number and by amount"), ("成交率",), "opportunities",
        "wins",
        _if(lambda frame, _moment: not is_open(frame[-1]),
            lambda frame, moment: (frame[-1]["stage"], *_amount(frame, moment))),
        _on("closed"),
    ),
    "cases_opened": Measure(
        N_("Cases opened"), N_("cases by the day on which they were opened"), ("新增工单数",), "cases", "number", _one,
        _on("opened"),
    ),
    "cases_closed": Measure(
        N_("Cases closed"), N_("closed cases by the day on which they were closed"), ("关闭工单数",), "cases",
        "number", _if(_is_closed_case), _on("closed"),
    ),
    "close_days": Measure(
        N_("Days to close"), N_("median and 90th percentile of the days from opening to closing a case"),
        ("处理时长", "close days"), "cases", "days", _duration, _on("closed"),
    ),
    "satisfaction": Measure(
        N_("Satisfaction score"), N_("the mean of the scores of cooperation.satisfaction"), ("满意度评分", "满意度"),
        "cooperation.satisfaction", "average", _score("score"), _on("date"),
    ),
    "survey_score": Measure(
        N_("Survey score"), N_("the mean of the scores of surveys"), ("调查评分", "survey"), "feedback", "average",
        _survey, _on("date"),
    ),
    "case_score": Measure(
        N_("Case score"), N_("the mean of the scores of cases, by the day on which they were closed, else opened"),
        ("工单满意度",), "cases", "average", _score("score"),
        lambda frame, _moment: frame[-1].get("closed") or frame[-1]["opened"],
    ),
    "order_rating": Measure(
        N_("Order rating"), N_("the mean of the ratings of transactions"), ("订单满意度", "rating"), "transactions",
        "average", _score("rating"), _on("date"),
    ),
}  # fmt: skip
