"""Figures computed from a record and never stored, by the names that lists, filters and templates use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.computed import contacts, deals, profile, purchases
from crmtext.computed.figure import Figure
from crmtext.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.model import Customer
    from crmtext.settings import Settings


def compute(customer: Customer, today: date, settings: Settings) -> dict[str, Any]:
    """Return all computed figures: dates as `date` or None, sums as a Decimal for each currency."""
    return {name: figure.find(customer, today, settings) for name, figure in COMPUTED.items()}


COMPUTED: Mapping[str, Figure] = {
    "last_contact": Figure(
        lambda c, today, _settings: contacts.last_contact(c, today), "date", N_("Last contact"),
        N_("the date of the last contact with the customer; notes, unanswered calls and outgoing messages don't count"),
        ("上次联系", "最近联系日期", "最后联系", "最近跟进"),
    ),
    "days_since_contact": Figure(
        lambda c, today, _settings: contacts.days_since(c, today), "number", N_("Days since"),
        N_("days from the last contact to today"), ("未联系天数", "days since contact"),
    ),
    "main_channel": Figure(
        lambda c, today, _settings: contacts.main_channel(c, today), "text", N_("Main channel"),
        N_("the channel with most contacts in the last 365 days; if several have as many, the one used last"),
        ("常用联系方式", "常用渠道", "usual channel"), like="interactions[].channel", example="{name} == 'phone'",
    ),
    "unreachable": Figure(
        lambda c, today, _settings: contacts.is_unreachable(c, today), "truth", N_("No contact data"),
        N_("neither the customer nor a contact who has not left has a phone number, an e-mail address or WeChat"),
        ("联系不上", "缺少联系方式", "not reachable"),
    ),
    "next_due": Figure(
        lambda c, _today, _settings: contacts.next_due(c), "date", N_("Next due"),
        N_("the earliest due date of the open next steps"), ("下次跟进", "下次跟进日期"),
    ),
    "next_action": Figure(
        lambda c, _today, _settings: contacts.next_action(c), "text", N_("Next action"),
        N_("the action of the next step with that due date"), ("下次行动", "下一步行动"),
    ),
    "overdue": Figure(
        lambda c, today, _settings: contacts.is_overdue(c, today), "truth", N_("Overdue"),
        N_("whether the earliest due date of the open next steps is before today"), ("逾期", "过期"),
    ),
    "high_intent": Figure(
        lambda c, today, _settings: contacts.has_high_intent(c, today), "truth", N_("High intent"),
        N_("a contact in the last 30 days and an opportunity in proposal or negotiation that is expected to close "
           "from 30 days ago to 90 days from now; or a lead or prospect whose last contact, at most 30 days ago, was "
           "positive"),
        ("高意向客户", "hot lead"),
    ),
    "lifecycle": Figure(
        lambda c, today, _settings: profile.lifecycle(c, today), "text", N_("Lifecycle"),
        N_("potential, new, existing or lost: the value in classification; else lost or potential by the status; "
           "else existing with two purchase days or after more than 365 days of cooperation, and new before"),
        like="classification.lifecycle", example="{name} == 'existing'",
    ),
    "region": Figure(
        lambda c, _today, _settings: profile.region(c), "text", N_("Region"),
        N_("province and city of the registered address, or else of the first address"), ("区域",),
    ),
    "province": Figure(
        lambda c, _today, _settings: profile.part_of_region(c, "province"), "text", N_("Province"),
        N_("the province of the registered address, or else of the first address"), ("所在省份", "state"),
    ),
    "city": Figure(
        lambda c, _today, _settings: profile.part_of_region(c, "city"), "text", N_("City"),
        N_("the city of the registered address, or else of the first address"), ("所在城市",),
    ),
    "sales_region": Figure(
        lambda c, _today, settings: profile.sales_region(c, settings), "text", N_("Sales region"),
        N_("the region of the setting regions that lists the province"), ("销售大区", "销售区域", "territory"),
        values=lambda settings: {name: {} for name in settings.regions}, example="{name} != none",
    ),
    "open_value": Figure(
        lambda c, _today, settings: deals.open_value(c, settings), "sums", N_("Open opportunities"),
        N_("the sum of the amounts of open opportunities, for each currency"),
        ("商机金额", "未结商机金额", "open deals"),
    ),
    "weighted_value": Figure(
        deals.weighted_value, "sums", N_("Weighted"),
        N_("the sum of open opportunities with an expected close today or later, each amount times its probability "
           "(or else that of its stage), for each currency; nothing if the customer is lost"),
        ("加权金额", "预测金额", "forecast"),
    ),
    "transaction_count": Figure(
        lambda c, today, _settings: len(purchases.transactions(c, today)), "number", N_("Transactions"),
        N_("the number of transactions up to today"), ("交易次数", "成交次数"),
    ),
    "transaction_sum": Figure(
        purchases.transaction_sum, "sums", N_("Turnover"),
        N_("the sum of the amounts of all transactions up to today, for each currency"), ("交易金额", "revenue"),
    ),
    "last_transaction": Figure(
        lambda c, today, _settings: purchases.last_transaction(c, today), "date", N_("Last transaction"),
        N_("the date of the last transaction up to today"), ("最近成交",),
    ),
    "last_amount": Figure(
        purchases.last_amount, "sums", N_("Last amount"),
        N_("amount and currency of the last transaction; the largest amount if there are several on that day"),
        ("最近交易金额",),
    ),
    "average_order": Figure(
        purchases.average_order, "sums", N_("Average order"),
        N_("the mean amount of the purchases up to today, for each currency; refunds are not purchases"),
        ("客单价",),
    ),
    "top_products": Figure(
        purchases.top_products, "text", N_("Top products"),
        N_("the three products with most purchase days; if several have as many, those bought last"),
        ("常买产品", "favourite products"), many=True,
    ),
    "transaction_interval": Figure(
        lambda c, today, _settings: purchases.transaction_interval(c, today), "number", N_("Days between"),
        N_("the median number of days from one purchase day to the next; with a ? if there are only two of them"),
        ("购买间隔", "purchase interval"), sure_with="behind",
    ),
    "next_purchase": Figure(
        lambda c, today, _settings: purchases.next_purchase(c, today), "date", N_("Next purchase"),
        N_("the last purchase day plus the median number of days between; missing with fewer than three purchase "
           "days"),
        ("下次购买", "预计复购日期"),
    ),
    "behind": Figure(
        lambda c, today, _settings: purchases.is_behind(c, today), "truth", N_("Purchase late"),
        N_("the next purchase is late: by half of the days between, but at least 14 and at most 30 days; missing with "
           "fewer than three purchase days"),
        ("逾期复购", "behind rhythm"),
    ),
    "recency": Figure(
        lambda c, today, _settings: purchases.recency(c, today), "number", N_("Days since purchase"),
        N_("days from the last purchase to today: the R of RFM"), ("距上次购买天数", "R"),
    ),
    "frequency": Figure(
        purchases.frequency, "number", N_("Purchase frequency"),
        N_("the number of days with a purchase in the last rfm.window_days days (365): the F of RFM"),
        ("一年内交易次数", "F", "Purchases in a year"),
    ),
    "monetary": Figure(
        purchases.monetary, "sums", N_("Recent turnover"),
        N_("the sum of all transactions in the last rfm.window_days days (365), for each currency: the M of RFM"),
        ("年成交额", "一年内交易额", "M", "Turnover in a year"),
    ),
    "satisfaction": Figure(
        lambda c, today, _settings: profile.satisfaction(c, today), "number", N_("Satisfaction"),
        N_("the latest score of cooperation or of a survey"), ("满意度评分", "satisfaction score"),
    ),
    "open_cases": Figure(
        lambda c, today, _settings: profile.open_cases(c, today), "number",
        N_("Open cases"), N_("the number of cases opened up to today and not closed"), ("未结工单",),
    ),
    "completeness": Figure(
        lambda c, _today, _settings: profile.completeness(c), "number", N_("Complete %"),
        N_("the percentage of the useful fields that are filled in"), ("资料完整度",),
        reads=("classification.value", "priority", "tags"),
    ),
    "age": Figure(
        lambda c, today, _settings: profile.age(c, today), "number", N_("Age"),
        N_("the age of a person, if the year of birth is known"), tells="person.birth_date",
    ),
    "age_band": Figure(
        lambda c, today, _settings: profile.age_band(c, today), "text", N_("Age band"),
        N_("the age of a person in bands: under 18, 18-29, 30-39, 40-49, 50-59, 60+"), ("年龄层", "age group"),
        values=lambda _settings: profile.age_bands(), example="{name} == '30-39'", tells="person.birth_date",
    ),
}  # fmt: skip
