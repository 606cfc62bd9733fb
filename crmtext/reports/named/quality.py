"""How complete and trustworthy the records are."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from crmtext.computed.contacts import is_unreachable
from crmtext.computed.profile import completeness
from crmtext.computed.reach import holds
from crmtext.duplicates.compare import in_words
from crmtext.duplicates.groups import groups
from crmtext.figures.review_lists import LIKENESS, VERIFIED
from crmtext.figures.tables import Column, FigureList, FigureTable, Row
from crmtext.figures.usage import fill_rates
from crmtext.i18n import _
from crmtext.model import day
from crmtext.problem import Severity
from crmtext.reports.context import Context, Report
from crmtext.reports.shown import Shown, joined, who
from crmtext.wording.labels import full_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmtext.model import Customer


def report(context: Context) -> Report:
    """Return fill rates, completeness, and the lists of customers whose records need work."""
    shown = Shown(context.snapshot)
    return Report(
        (
            _fill(context),
            _completeness(context, shown),
            _unreachable(context, shown),
            _no_consent(context, shown),
            _not_verified(context, shown),
            _duplicates(context, shown),
            _left_out(context),
        )
    )


def _share(part: int, whole: int) -> dict[str, Any]:
    return {"filled": part, "of": whole, "rate": Fraction(part, whole) if whole else None}


def _fill(context: Context) -> FigureTable:
    schema = context.snapshot.schema
    rates = {fill.field.path.replace("[]", ""): fill for fill in fill_rates(context.customers, schema)}
    return FigureTable(
        "fill",
        _("Fill rates"),
        _(
            "Records with a value / records whose type may have the field, lowest first. Fields within a list: records "
            "with such an item / records with an item."
        ),
        (Column("field", _("Field"), word=lambda path: full_label(schema, rates[path].field.path)),),
        (
            Column("filled", _("Filled in"), "number"),
            Column("of", _("Out of"), "number"),
            Column("rate", _("Fill rate"), "rate", base="of"),
        ),
        [Row((path,), _share(fill.filled, fill.of)) for path, fill in rates.items()],
        _share(sum(fill.filled for fill in rates.values()), sum(fill.of for fill in rates.values())),
    )


def _completeness(context: Context, shown: Shown) -> FigureTable:
    by_owner: dict[str, list[int]] = {}
    for customer in context.customers:
        by_owner.setdefault(customer.owner, []).append(completeness(customer))
    every = {owner: _average(values) for owner, values in by_owner.items()}
    order = sorted(every, key=lambda owner: (-every[owner]["average"], owner))
    return FigureTable(
        "completeness",
        _("Completeness"),
        _("The mean percentage of the useful fields that are filled in, of each owner's customers."),
        (shown.person(),),
        (Column("completeness", _("Complete %"), "average"),),
        [Row((owner,), {"completeness": every[owner]}) for owner in order],
        {"completeness": _average([one for values in by_owner.values() for one in values])},
        chart="bars",
    )


def _average(values: list[int]) -> dict[str, Any]:
    return {"average": Fraction(sum(values), len(values)) if values else None, "n": len(values)}


def _customers(
    context: Context, shown: Shown, name: str, label: str, about: str, test: Callable[[Customer], bool]
) -> FigureList:
    columns = (shown.column("type"), shown.person(), shown.column("status"))
    some = (customer for customer in context.customers if test(customer))
    items = [{**who(customer), "type": customer.type, "status": customer.status} for customer in some]
    return FigureList(name, label, about, columns, items)


def _unreachable(context: Context, shown: Shown) -> FigureList:
    today = context.snapshot.today
    about = _("No phone, e-mail or WeChat of the customer, or of a contact who has not left.")
    label = _("No contact data")
    return _customers(context, shown, "unreachable", label, about, lambda customer: is_unreachable(customer, today))


def _no_consent(context: Context, shown: Shown) -> FigureList:
    about = _("Customers who are persons, without a consent or another legal basis that has not been withdrawn.")
    today = context.snapshot.today

    def lacks_basis(customer: Customer) -> bool:
        return customer.type == "person" and not any(holds(one, today) for one in customer.data.get("consents", ()))

    return _customers(context, shown, "no_consent", _("No consent or legal basis"), about, lacks_basis)


def _not_verified(context: Context, shown: Shown) -> FigureList:
    items = []
    for customer in context.customers:
        last = day(customer.data.get("verified", {}).get("date"))
        if last is None or (context.snapshot.today - last).days > VERIFIED:
            items.append({**who(customer), "status": customer.status, "verified": last})
    about = _("Never verified, or more than {n} days ago.").format(n=VERIFIED)
    columns = (shown.person(), shown.column("status"), Column("verified", _("Verified"), "date"))
    return FigureList("not_verified", _("Not verified"), about, columns, items)


def _duplicates(context: Context, shown: Shown) -> FigureList:
    asked = {customer.id for customer in context.customers}
    kinds = ("uscc", "full-name", "phone", "email", "domain", "similar-name")
    words = {kind: in_words([(kind, "")])[0].strip() for kind in kinds}
    columns = (
        shown.person(),
        Column("other", _("Other id")),
        Column("other_name", _("Other name")),
        Column("score", _("Score"), "rate"),
        Column("shared", _("Reasons"), word=lambda shared: joined(shared, words)),
    )
    items = [
        {
            **who(pair.one),
            "other": pair.other.id,
            "other_name": pair.other.name,
            "score": Fraction(round(pair.score * 10_000), 10_000),
            "shared": [kind for kind, _value in pair.shared],
        }
        for group in groups(context.snapshot.customers, LIKENESS)
        for pair in group.pairs
        if pair.one.id in asked or pair.other.id in asked
    ]
    about = _("Pairs that crmtext dedupe lists, the most certain first; score: how similar the names are.")
    return FigureList("duplicates", _("Likely duplicates"), about, columns, items)


def _left_out(context: Context) -> FigureTable:
    snapshot = context.snapshot
    broken = {document.path for document in snapshot.broken}
    wrong = {
        (problem.rule, problem.place.path)
        for problem in snapshot.problems
        if problem.severity is Severity.ERROR and problem.place.path in broken
    }
    counts = Counter(rule for rule, _path in wrong)
    return FigureTable(
        "left_out",
        _("Records left out"),
        _("Records with errors, by rule; no figure contains them. A record with several errors counts in each."),
        (Column("rule", _("Rule")),),
        (Column("records", _("Records"), "number"),),
        [Row((rule,), {"records": counts[rule]}) for rule in sorted(counts, key=lambda rule: (-counts[rule], rule))],
        {"records": snapshot.left_out},
        overlap=True,
        chart="bars",
    )
