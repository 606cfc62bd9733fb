"""Tables and lists of figures: the shape of everything that `stats` and the reports show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

#: The kinds of values, each with the shape of a value; None stands for a missing one, never 0:
#: - `number`: a whole number; `decimal`: a Decimal; `text`; `date`; `truth`
#: - `money`: an amount for each currency
#: - `rate`: a share from 0 to 1, as an exact Fraction
#: - `average`: {"average", "n"}; `averages`: the same for each currency
#: - `days`: {"median", "n"}, with {"p90"} if it is computed
#: - `answers`: {"attempts", "no_answer", "rate"}
#: - `wins`: {"won", "lost", "rate", "amount": {currency: {"won", "lost", "rate"}}}
#: - `change`: {"before", "after"}, each a value without parts or an amount for each currency; in lists only
Kind = str


class Column(NamedTuple):
    """A column of a table or list."""

    name: str
    #: In the current language.
    label: str
    kind: Kind = "text"
    #: Returns a value in words of the current language; without it the kind decides.
    word: Callable[[Any], str] | None = None
    #: The measure that a rate is a share of: with less than 100 of them it is shown without decimals.
    base: str = ""
    #: The sort key of values that have an order of their own: that of the schema, or of the calendar.
    order: Callable[[Any], Any] | None = None
    #: Whether it describes a moment, so that the values of periods don't add up.
    is_moment: bool = False


class Row(NamedTuple):
    """A row of a table."""

    #: A value for each column of `by`, never a label; None is *not set*.
    group: tuple[Any, ...]
    #: A value for each measure by name.
    values: Mapping[str, Any]
    #: The name of the period, such as `2026-11`; None without periods.
    period: str | None = None
    #: The values at the moment compared with; None without a comparison, or if the group didn't exist.
    before: Mapping[str, Any] | None = None


class FigureTable(NamedTuple):
    """Figures by group and period, in the order shown."""

    name: str
    label: str
    #: One line that says how the figures are computed.
    about: str
    by: tuple[Column, ...]
    measures: tuple[Column, ...]
    rows: Sequence[Row]
    #: The values of all rows together, each item counted once.
    total: Mapping[str, Any]
    total_before: Mapping[str, Any] | None = None
    #: `day`, `week`, `month`, `quarter`, `year`, or empty without periods.
    period: str = ""
    #: The name of the current period, which is not over yet; empty if it isn't shown or its figures are of a moment.
    so_far: str = ""
    #: The first and last day that events are counted of.
    since: date | None = None
    until: date | None = None
    #: Whether a customer counts in several rows.
    overlap: bool = False
    #: Items without an amount, which no sum of money contains.
    without_amount: int = 0
    #: The first day with data if the figures are from git, which may not reach back far enough.
    data_since: date | None = None
    #: Whether a group without a row has none: its numbers and amounts are zero.
    exhaustive: bool = False
    #: The day compared with, and its commit; None and empty without a comparison.
    compare: date | None = None
    compare_commit: str = ""
    #: Whether the total of numbers and amounts is the sum of the periods.
    additive: bool = True
    #: Whether its figures are differences between two moments, so that no earlier values are shown beside them.
    is_change: bool = False
    #: The chart that shows it best: `bars`, `stacked`, `lines`, `funnel`, `heat`; empty for none.
    chart: str = ""
    #: The measure that the chart shows; empty for the first one, or for all of a chart that shows several.
    charted: str = ""
    #: Lines above the table, such as thresholds.
    notes: tuple[str, ...] = ()
    #: Whether pages leave a row out, which CSV, JSON and workbooks have; a note says how many.
    off_pages: Callable[[Row], bool] | None = None


class FigureList(NamedTuple):
    """Customers or their items, in the order shown."""

    name: str
    label: str
    about: str
    columns: tuple[Column, ...]
    #: Each with `id` and `name` of the customer, and a value for each column by name.
    items: Sequence[Mapping[str, Any]]
    notes: tuple[str, ...] = ()
    #: Whether people should act on what it lists: such lists are shown before the tables.
    urgent: bool = False
