"""The files of a view, made from a snapshot: the same bytes for the same commit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _, speaking
from crmtext.layout import GIT_ATTRIBUTES, GIT_IGNORE, RECORDS, SCHEMA, SETTINGS
from crmtext.problem import CrmError, Problem, cannot
from crmtext.protection.view import schema as view_schema
from crmtext.protection.view import settings as view_settings
from crmtext.query import role_conditions
from crmtext.schema import Schema
from crmtext.text import secret_numbers
from crmtext.text.edit.canonical import fresh
from crmtext.text.not_a_card import NAME as NOT_A_CARD
from crmtext.text.read.load import parse_text, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmtext.model import Customer
    from crmtext.protection.view.visible import Visible
    from crmtext.sealing.mask import Masking
    from crmtext.snapshot import Snapshot
    from crmtext.text.document import Document

README = "README.md"
_ATTRIBUTES = "*.yaml text eol=lf\n"
_IGNORED = "/reports/\n.crmtext*\n"


class Content(NamedTuple):
    """The files of a view by path, and how many customers it shows."""

    files: Mapping[str, bytes]
    customers: int


def content(
    snapshot: Snapshot, settings: bytes, role: str, visible: Visible, where: str = "", masking: Masking | None = None
) -> Content:
    """Return the view of a role: the customers of a snapshot that `where` holds for, with what is visible of them.

    Raises CrmError if `see` hides what a record can't be without.
    """
    visible.check()
    customers = _chosen(snapshot, where)
    with speaking(snapshot.settings.language or "en"):
        raw = view_schema.text(visible, masking).encode()
        schema = Schema.read(raw)
        files = {
            README: _readme(role, snapshot.settings.name).encode(),
            GIT_ATTRIBUTES: _ATTRIBUTES.encode(),
            GIT_IGNORE: _IGNORED.encode(),
            SETTINGS: view_settings.text(settings, role, schema.by_path).encode(),
            SCHEMA: raw,
        }
        files |= _records(customers, visible, schema, masking)
    return Content(files, len(customers))


def _chosen(snapshot: Snapshot, where: str) -> Sequence[Customer]:
    """The customers that a condition holds for, by id."""
    customers = snapshot.customers
    if where:
        # The role's members are several, and the view is for all of them.
        holds = role_conditions.compiled(where, snapshot.schema, snapshot.settings, snapshot.today)
        customers = [customer for customer in customers if holds(customer.data, "")]
    twice = next((one for one, other in pairwise(customers) if one.id == other.id), None)
    if twice:
        message = _("several records have the id {id}").format(id=twice.id)
        raise cannot("unique-id", message, _("run `crmtext check` and give each customer an id of its own"))
    return customers


def _records(
    customers: Sequence[Customer], visible: Visible, schema: Schema, masking: Masking | None
) -> Iterator[tuple[str, bytes]]:
    ids = {customer.id for customer in customers}
    if visible.shows("merged_from"):
        ids |= {id_ for customer in customers for id_ in customer.data.get("merged_from", ())}
    for customer in customers:
        data = visible.record(masking.data(customer.data) if masking else customer.data, ids)
        # Only by the id: another file name may hold the name of the customer.
        path = f"{RECORDS}/{customer.id}.yaml"
        text = fresh(data, dates=schema.dates)
        if NOT_A_CARD in customer.document.text:
            text = _with_reasons(text)
        document = written(text, path, data)
        _reject_wrong(document, schema.record_problems(document), customer.path)
        yield path, text.encode()


def _with_reasons(text: str) -> str:
    """The text with a comment at each number that a comment in the record allows."""
    document = parse_text(text)
    lines = text.split("\n")
    for problem in secret_numbers.forbidden(document):
        node = document.node(problem.place.pointer)
        at = (node.line if node else problem.place.line) - 1
        if NOT_A_CARD not in lines[at]:
            lines[at] += f"  # crmtext: {NOT_A_CARD} {_('allowed in the store')}"
    return "\n".join(lines)


def _reject_wrong(document: Document, problems: Sequence[Problem], source: str) -> None:
    """Raise CrmError if a record of the view isn't valid, which is a mistake of this program."""
    if problems or document.data is None:
        reason = problems[0].message if problems else ""
        message = _("the view of {path} would not be valid: {reason}").format(path=source, reason=reason)
        raise CrmError(Problem("view-fields", message, hint=_("hide this field: '-FIELD' in `see`")))


def _readme(role: str, name: str) -> str:
    store = _("the store {name}").format(name=name) if name else _("a customer store")
    about = _(
        "This is a view for the role {role}, made from {store} by `crmtext role-view`. It holds what the role may see. "
        "Nothing can be changed here: each run replaces the records."
    ).format(role=role, store=store)
    use = _(
        "To read it: `git pull`, then `crmtext list`, `crmtext show CUSTOMER`, `crmtext search TEXT`, `crmtext due`."
    )
    return f"# {_('View: {role}').format(role=role)}\n\n{about}\n\n{use}\n"
