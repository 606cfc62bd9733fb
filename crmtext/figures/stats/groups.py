"""Groups of figures: fields, computed names, paths through lists, parts of dates, products."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.computed.purchases import purchases
from crmtext.figures.rules import NAMES
from crmtext.figures.stats import group_hints
from crmtext.figures.stats.measures import find
from crmtext.figures.stats.periods import UNITS, name_of
from crmtext.figures.tables import Column
from crmtext.i18n import N_, _, bracketed, translations
from crmtext.model import day
from crmtext.problem import CrmError, usage
from crmtext.query import columns, path
from crmtext.query.filter.kinds import TAKEN
from crmtext.query.listing import terms
from crmtext.settings import PRODUCT_FIELDS
from crmtext.values.did_you_mean import did_you_mean, nearest
from crmtext.wording.labels import find as find_field
from crmtext.wording.sections import code_words, is_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmtext.query.filter.kinds import Type
    from crmtext.query.path import Path
    from crmtext.settings import Settings
    from crmtext.snapshot import Snapshot

#: A customer's values by name, then the maps from the record down to the counted item.
Frame = tuple[Any, ...]

_WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
#: The parts of a date with their labels, besides the periods.
_NUMBERED = {"weekday": N_("weekday"), "month-of-year": N_("month of the year")}
#: How much of a partial date a part needs.
_NEEDS = {"year": 4, "quarter": 7, "month": 7, "month-of-year": 7}
#: The groups by product with their label and synonyms.
_PRODUCTS = {
    "product": (N_("Product"), ("products",)),
    "product_category": (N_("Product category"), ("产品分类", "category of product")),
}
#: Where counted items name their products, by list; customers are grouped by the products that they bought.
_PRODUCT_PATHS = {
    "opportunities": ("opportunities", "products"),
    "transactions": ("transactions", "items", "product"),
    "transactions.items": ("transactions", "items", "product"),
    "cases": ("cases", "product"),
    "feedback": ("feedback", "product"),
    "cooperation.satisfaction": ("cooperation", "products"),
}


class _Bound(NamedTuple):
    """Where the values of a group are for the items of a list."""

    #: The map of the frame that the path starts from.
    depth: int
    #: The steps from there to the first list; empty if there is none.
    head: tuple[str, ...]
    #: Returns the values of an entry of that list, or of the map itself.
    read: Callable[[Any], Sequence[Any]]


class Group(NamedTuple):
    """A group as asked for."""

    column: Column
    #: Returns where the values are for the items of a list. Raises CrmError if these items have none.
    bind: Callable[[str], _Bound]
    #: Whether the values stand in the record: then they are the same on each day.
    is_stored: bool = True


def group(typed: str, snapshot: Snapshot) -> Group:
    """Return the group for a name, label or path as typed. Raises CrmError for one that can't be grouped by."""
    if name := _product_group(typed):
        return _of_products(name, snapshot)
    written, part = _parted(typed)
    known = terms(snapshot, NAMES)
    try:
        at = path.resolve(written, known)
    except CrmError as error:
        if error.problem.rule == "several-columns":
            message = _("'{name}' may be several fields").format(name=written)
            raise usage("unknown-group", message, error.problem.hint) from None
        hint = group_hints.hint(written, known, error.problem.hint)
        raise usage("unknown-group", _("unknown group '{name}'").format(name=written), hint) from None
    _check(at, part, written)
    read = _converter(at.type, part, snapshot.settings)
    column = columns.head(at, snapshot, NAMES)
    if part:
        label = bracketed(column.label, _(UNITS.get(part) or _NUMBERED[part]))
        kind = "number" if part in _NUMBERED else "text"
        own = Column(f"{at.name}:{part}", label, kind, _word_of_part(part), order=lambda value: value)
        return Group(own, _binder(at, read, snapshot), at.name not in NAMES)
    word = _of_id(snapshot) if at.name == "id" else columns.word(at.type, snapshot)
    if at.type.field and is_code(at.type.field):
        word = partial(code_words, at.type.field)
    is_date = at.type.kind in ("date", "partial")
    kind = at.type.kind if at.type.kind in ("number", "truth", "date") else "text"
    plain = kind in ("number", "truth", "date")
    order = columns.sort_key(at) if at.type.fixed or is_date else None
    own = Column(at.name, column.label, kind, None if plain else word, order=order)
    return Group(own, _binder(at, read, snapshot), at.name not in NAMES)


class Splitter:
    """Splits the items of a list into groups."""

    def __init__(self, groups: Iterable[Group], items: str) -> None:
        bounds = [one.bind(items) for one in groups]
        together: dict[tuple[int, tuple[str, ...], int], list[int]] = {}
        for place, bound in enumerate(bounds):
            # Groups by one list that isn't counted are read together: its entries have both values or none.
            together.setdefault((bound.depth, bound.head, -1 if bound.head else place), []).append(place)
        self._parts = [
            (depth, head, tuple(places), tuple(bounds[place].read for place in places))
            for (depth, head, _alone), places in together.items()
        ]
        self._size = len(bounds)
        #: Whether all items of a customer are in the same groups.
        self.of_customer = all(bound.depth == 0 for bound in bounds)

    def __call__(self, frame: Frame) -> Sequence[tuple[Any, ...]]:
        """Return the groups of an item, each with a value for each key; None is *not set*."""
        parts = [_values(frame[depth], head, reads) for depth, head, _places, reads in self._parts]
        if all(len(values) == 1 for values in parts) and len(parts) == self._size:
            return (tuple(values[0][0] for values in parts),)
        result = []
        for chosen in product(*parts):
            row = [None] * self._size
            for (_depth, _head, places, _reads), values in zip(self._parts, chosen, strict=True):
                for place, value in zip(places, values, strict=True):
                    row[place] = value
            result.append(tuple(row))
        return result


def _values(top: Any, head: tuple[str, ...], reads: Sequence[Callable[[Any], Sequence[Any]]]) -> list[tuple[Any, ...]]:
    """The combined values of the entries of a list, each once; all None if there are none."""
    if not head and len(reads) == 1:
        values = reads[0](top)
        return [(value,) for value in (dict.fromkeys(values) if len(values) > 1 else values)] or [(None,)]
    rows: dict[tuple[Any, ...], None] = {}
    for entry in _reach((top,), head):
        rows.update(dict.fromkeys(product(*(read(entry) or (None,) for read in reads))))
    nothing = (None,) * len(reads)
    rows.pop(nothing, None)
    return list(rows) or [nothing]


def _reach(holders: Iterable[Any], steps: Iterable[str]) -> Sequence[Any]:
    """All values at the end of a path, through all lists on it."""
    here = list(holders)
    for step in steps:
        below: list[Any] = []
        for holder in here:
            value = holder.get(step) if isinstance(holder, Mapping) else None
            if isinstance(value, list | tuple):
                below += value
            elif value is not None:
                below.append(value)
        here = below
    return here


def frames(values: Any, steps: Sequence[str]) -> Iterator[Frame]:
    """Yield the frames of the items at a path of the record, through all lists on it; without steps, the customer."""
    here: list[Frame] = [(values,)]
    for step in steps:
        here = [(*frame, item) for frame in here for item in _reach(frame[-1:], (step,))]
    return iter(here)


def _binder(at: Path, read: Callable[[Any], Any], snapshot: Snapshot) -> Callable[[str], _Bound]:
    steps = () if "[" in at.name or at.name in NAMES else tuple(at.name.split("."))

    def bind(items: str) -> _Bound:
        return _bound(steps, items, read, snapshot) or _Bound(0, (), lambda row: _listed(at.value(row), read))

    return bind


def _bound(steps: tuple[str, ...], items: str, read: Callable[[Any], Any], snapshot: Snapshot) -> _Bound | None:
    """Where the values of a path are for the items of a list; None for a single value of the customer."""
    depth = 0
    for one, other in zip(steps, items.split("."), strict=False):
        if one != other:
            break
        depth += 1
    field, head = "", 0
    for number, step in enumerate(steps, start=1):
        known = snapshot.schema.by_path.get(f"{field}.{step}".lstrip("."))
        if known is None:
            break
        if known.kind == "list" and number > depth:
            head = number
            break
        field = known.path + "[]" * (known.kind == "list")
    if not depth and not head:
        return None
    rest = steps[head or depth :]
    return _Bound(depth, steps[depth:head], lambda entry: _listed(list(_reach((entry,), rest)), read))


def _listed(value: Any, read: Callable[[Any], Any]) -> list[Any]:
    """The values that are there, converted."""
    every = value if isinstance(value, list | tuple) else (value,)
    return [result for one in every if one is not None and (result := read(one)) is not None]


def _converter(type_: Type, part: str, settings: Settings) -> Callable[[Any], Any]:
    """Return a function from a value as written to that of the group; None for one that counts as not set."""
    take = TAKEN[type_.kind]
    if part:
        return lambda value: part_of(str(take(value)), part)
    if type_.kind == "date":
        return lambda value: day(take(value))
    if type_.kind == "any":
        return lambda value: None if isinstance(value, Mapping) else take(value)
    if type_.field and type_.field.key in PRODUCT_FIELDS and type_.kind == "text":
        return lambda value: _shown(str(value), settings)
    return lambda value: None if (taken := take(value)) == "" else taken


def part_of(written: str, part: str) -> Any:
    """Return a part of a date; None if a partial date lacks it."""
    if len(written) < _NEEDS.get(part, 10) or written.startswith("--"):
        return None
    if part == "weekday":
        value = day(written)
        return value and value.isoweekday()
    return int(written[5:7]) if part == "month-of-year" else name_of(written[:10], part)


def _parted(typed: str) -> tuple[str, str]:
    """The path and the part of a date behind a colon; raises CrmError for an unknown part."""
    written, colon, tail = typed.replace("：", ":").partition(":")
    if not colon:
        return typed, ""
    labels = {**{name: UNITS[name] for name in UNITS if name != "day"}, **_NUMBERED}
    names = {one.casefold(): part for part, label in labels.items() for one in (part, *translations(label).values())}
    if part := names.get(tail.strip().casefold()):
        return written, part
    known = _("one of: {values}").format(values=_(", ").join(labels))
    message = _("unknown part of a date '{name}'").format(name=tail)
    raise usage("unknown-group", message, did_you_mean(nearest(tail, names), known))


def _check(at: Path, part: str, typed: str) -> None:
    """Raise CrmError for a path that can't be grouped by."""
    field = at.type.field
    if field and field.mark("x-sensitive"):
        message = _("'{name}' is a sensitive field").format(name=at.name)
        raise usage("sensitive-field", message, _("sensitive fields are not shown in figures"))
    if part and at.type.kind not in ("date", "partial"):
        message = _("'{name}' is not a date, so it has no '{part}'").format(name=typed, part=part)
        raise usage("unknown-group", message, _("for example: {form}").format(form=f"transactions.date:{part}"))
    if at.type.kind == "sums":
        message = _("can't group by '{name}', a sum for each currency").format(name=at.name)
        hint = _("to add it up: {option}").format(
            option=f"--measure {at.name}" if find(at.name) else "--measure revenue"
        )
        raise usage("unknown-group", message, hint)
    if at.type.kind == "map":
        message = _("'{name}' has fields; group by one of them").format(name=at.name)
        fields = (child for child in field.by_key.values() if child.kind not in ("map", "list")) if field else ()
        shown = [f"{at.name}.{child.key}" for child in fields if not child.mark("x-sensitive")]
        raise usage(
            "unknown-group", message, _("one of: {values}").format(values=_(", ").join(shown or (f"{at.name}.NAME",)))
        )


def _word_of_part(part: str) -> Callable[[Any], str] | None:
    if part == "weekday":
        return lambda value: _(_WEEKDAYS[value - 1])
    return (lambda value: _(_MONTHS[value - 1])) if part == "month-of-year" else None


def _of_id(snapshot: Snapshot) -> Callable[[Any], str]:
    def word(id_: str) -> str:
        customer = snapshot.by_id.get(id_)
        return bracketed(customer.short, id_) if customer else id_

    return word


def _product_group(typed: str) -> str:
    """The name of a group by product; empty for another group."""
    wanted = typed.strip().casefold()
    return next(
        (
            name
            for name, (label, synonyms) in _PRODUCTS.items()
            if wanted in map(str.casefold, (name, *translations(label).values(), *synonyms))
        ),
        "",
    )


def _of_products(name: str, snapshot: Snapshot) -> Group:
    """The group of items by their product or its category."""
    shown = _shown if name == "product" else _category

    def read(value: Any) -> Any:
        return shown(str(value), snapshot.settings)

    def nothing(_value: Any) -> None:
        """Products in a sensitive field count as not set."""

    def bought(row: Any) -> list[Any]:
        items = (item for sold in purchases(row.customer, snapshot.today) for item in sold.get("items", ()))
        return _listed([item["product"] for item in items], read)

    def bind(items: str) -> _Bound:
        steps = _PRODUCT_PATHS.get(items or "transactions", ())
        field = find_field(snapshot.schema, *steps) if steps else None
        is_hidden = field and (field.mark("x-sensitive") or (field.item and field.item.mark("x-sensitive")))
        if not items:
            return _Bound(0, (), (lambda _row: ()) if is_hidden else bought)
        bound = _bound(steps, items, nothing if is_hidden else read, snapshot)
        if bound is None:
            message = _("items of {list} have no product, so they can't be grouped by {name}")
            known = _(", ").join(("preferences.products", "cooperation.products"))
            hint = _("choose one: {keys}").format(keys=known)
            raise usage("unknown-group", message.format(list=items, name=name), hint)
        return bound

    # The products that a customer bought up to a day are not stored.
    return Group(Column(name, _(_PRODUCTS[name][0])), bind, is_stored=False)


def _shown(written: str, settings: Settings) -> str | None:
    """A product's name in the product list; the text itself if it isn't listed."""
    listed = settings.product(written)
    return listed.shown if listed else written or None


def _category(written: str, settings: Settings) -> str | None:
    listed = settings.product(written)
    return (listed.category or None) if listed else None
