"""RFM: how recently, how often and for how much customers buy, compared with the others who buy.

Members are the customers with a purchase in the window, `rfm.window_days`. M compares only members with the same main
currency: the one with most purchase days in the window.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.amounts import currency_of
from crmtext.computed.figure import Figure
from crmtext.i18n import N_, translations
from crmtext.query.computed_names import Table
from crmtext.values.money import decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from crmtext.model import Customer
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

#: With fewer members of a currency, amounts aren't compared.
FEW = 8
#: With as many members, `auto` gives scores by rank.
_MANY = 25
_BEST = 5
#: The segments of customers without a purchase in the window, and with too few others to compare with.
NONE, TOO_FEW = "none", "few"
#: The segments, best first: whether R, F and M are better than the members' median.
SEGMENTS: Mapping[str, str] = {
    "111": N_("Champions"),
    "101": N_("Big and rare"),
    "011": N_("Big but quiet"),
    "001": N_("Big and leaving"),
    "110": N_("Loyal"),
    "100": N_("Recent"),
    "010": N_("Loyal but quiet"),
    "000": N_("Inactive"),
    TOO_FEW: N_("Too few to compare"),
    NONE: N_("No purchase in the window"),
}


class Member(NamedTuple):
    """A customer with a purchase in the window."""

    #: Days since the last purchase, and the number of purchase days.
    recency: int
    frequency: int
    #: The main currency, and the sum of all amounts in it, refunds included.
    currency: str
    monetary: Decimal


class Scores(NamedTuple):
    """The scores of a customer from 1 to 5, 5 the best, and the segment."""

    r: int | None = None
    f: int | None = None
    m: int | None = None
    segment: str = NONE


class Rfm:
    """The members of a snapshot, all customers considered, with what they are compared with."""

    def __init__(self, snapshot: Snapshot) -> None:
        settings = snapshot.settings
        self._settings = settings
        #: By the path of the record.
        self.members = _members(snapshot)
        self._scores: dict[str, Scores] = {}
        everyone = self.members.values()
        self._recencies = sorted(member.recency for member in everyone)
        self._frequencies = sorted(member.frequency for member in everyone)
        sums: dict[str, list[Decimal]] = {}
        for member in everyone:
            sums.setdefault(member.currency, []).append(member.monetary)
        #: The amounts of each main currency, those of the store's currency first, each in order.
        self.monetary: Mapping[str, Sequence[Decimal]] = {
            code: sorted(sums[code]) for code in sorted(sums, key=lambda code: (code != settings.currency, code))
        }
        split = mean if settings.rfm_split == "mean" else median
        self.recency_split = split(self._recencies)
        self.frequency_split = split(self._frequencies)
        self.monetary_split = {code: split(amounts) for code, amounts in self.monetary.items()}
        self.by_limits = settings.rfm_mode == "limits" or (settings.rfm_mode == "auto" and len(self.members) < _MANY)

    @classmethod
    def of(cls, snapshot: Snapshot) -> Rfm:
        """Return the RFM of a snapshot, which is computed once."""
        return snapshot.once(cls)

    def scores(self, customer: Customer) -> Scores:
        """Return the scores and the segment of a customer."""
        if known := self._scores.get(customer.path):
            return known
        member = self.members.get(customer.path)
        result = self._scores[customer.path] = self._of_member(member) if member else Scores()
        return result

    def _of_member(self, member: Member) -> Scores:
        r, f, amounts = self._r(member), self._f(member), self.monetary[member.currency]
        if len(amounts) < FEW:
            return Scores(r, f, None, TOO_FEW)
        better = (
            member.recency < (self.recency_split or 0),
            member.frequency > (self.frequency_split or 0),
            member.monetary > (self.monetary_split[member.currency] or 0),
        )
        return Scores(r, f, self._m(member, amounts), "".join("01"[one] for one in better))

    def _r(self, member: Member) -> int:
        if self.by_limits:
            return _BEST - bisect_left(self._settings.rfm_recency, member.recency)
        worse = len(self._recencies) - bisect_right(self._recencies, member.recency)
        return _by_rank(worse, len(self._recencies))

    def _f(self, member: Member) -> int:
        if self.by_limits:
            return 1 + bisect_right(self._settings.rfm_frequency, member.frequency)
        return _by_rank(bisect_left(self._frequencies, member.frequency), len(self._frequencies))

    def _m(self, member: Member, amounts: Sequence[Decimal]) -> int:
        limits = self._settings.rfm_monetary.get(member.currency)
        if self.by_limits and limits:
            return 1 + bisect_right(limits, member.monetary)
        return _by_rank(bisect_left(amounts, member.monetary), len(amounts))

    def lapsed(self, customer: Customer, sums: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        """Return those all-time sums of a customer that are above the members' median M of their currency.

        Empty for a customer with a purchase in the window.
        """
        if customer.path in self.members:
            return {}
        middles = {code: median(self.monetary.get(code, ())) for code in sums}
        return {code: amount for code, amount in sums.items() if (mid := middles[code]) is not None and amount > mid}


def _by_rank(worse: int, count: int) -> int:
    return 1 + _BEST * worse // count


def median(values: Sequence[int] | Sequence[Decimal]) -> Fraction | None:
    """Return the exact median of sorted values, the mean of the middle two of an even number; None for none."""
    if not values:
        return None
    low, high = values[(len(values) - 1) // 2], values[len(values) // 2]
    return (Fraction(low) + Fraction(high)) / 2


def mean(values: Sequence[int] | Sequence[Decimal]) -> Fraction | None:
    """Return the exact mean; None without values."""
    return sum(map(Fraction, values), Fraction(0)) / len(values) if values else None


def _members(snapshot: Snapshot) -> Mapping[str, Member]:
    """The customers with a purchase in the window, by path."""
    today, settings = snapshot.today, snapshot.settings
    days = {(today - timedelta(ago)).isoformat(): ago for ago in range(_window(settings, today))}
    members = {}
    for path, transactions in snapshot.transactions():
        if transactions and (member := _member(transactions, days, settings)):
            members[path] = member
    return members


def _window(settings: Settings, today: date) -> int:
    """The days of the window, which doesn't reach back beyond the calendar."""
    return min(settings.rfm_window_days, today.toordinal())


def _member(transactions: Iterable[Mapping[str, Any]], days: Mapping[str, int], settings: Settings) -> Member | None:
    sums: dict[str, Decimal] = {}
    purchases: dict[str, set[str]] = {}
    for item in transactions:
        day = str(item["date"])[:10]
        if day in days:
            currency, amount = currency_of(item, settings), decimal(item["amount"])
            sums[currency] = sums.get(currency, Decimal(0)) + amount
            if amount > 0:
                purchases.setdefault(currency, set()).add(day)
    if not purchases:
        return None
    main = min(purchases, key=lambda code: (-len(purchases[code]), code != settings.currency, code))
    every = set().union(*purchases.values())
    return Member(days[max(every)], len(every), main, sums[main])


def _segments(_settings: Settings) -> Mapping[str, Mapping[str, str]]:
    return {segment: translations(label) for segment, label in SEGMENTS.items()}


RFM = Table(
    {
        "r_score": Figure(
            lambda customer, rfm: rfm.scores(customer).r, "number", N_("R score"),
            N_("1 to 5, 5 the best: how recently the customer bought, compared with the others who bought in the last "
               "rfm.window_days days, or with the limits of [rfm]; missing without a purchase in these days"),
            ("R 分", "R分"), example="{name} >= 4",
        ),
        "f_score": Figure(
            lambda customer, rfm: rfm.scores(customer).f, "number", N_("F score"),
            N_("1 to 5, 5 the best: on how many days the customer bought, compared as for r_score"),
            ("F 分", "F分"), example="{name} >= 4",
        ),
        "m_score": Figure(
            lambda customer, rfm: rfm.scores(customer).m, "number", N_("M score"),
            N_("1 to 5, 5 the best: for how much the customer bought, refunds deducted, compared as for r_score with "
               "those who mostly buy in the same currency; missing if there are fewer than 8 of them"),
            ("M 分", "M分"), example="{name} >= 4",
        ),
        "rfm_segment": Figure(
            lambda customer, rfm: rfm.scores(customer).segment, "text", N_("RFM segment"),
            N_("three digits, for R, F and M: 1 if strictly better than the median (rfm.split) of the customers who "
               "bought in the last rfm.window_days days, M among those who mostly buy in the same currency; few if "
               "there are fewer than 8 of these, none without a purchase in these days"),
            ("RFM", "RFM 分组", "RFM segment"), values=_segments, example="{name} == '111'",
        ),
    },
    lambda snapshot: (Rfm.of(snapshot),),
)  # fmt: skip
