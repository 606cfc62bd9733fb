"""The pages of `crmtext explain`: rules, fields, computed names and measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Answer, Column, Table, Text
from crmtext.checks.pages import known, names
from crmtext.explain import field, figure, measure, rule
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from crmtext.schema import Schema
    from crmtext.settings import Settings


def explain(schema: Schema, typed: str, settings: Settings | None = None) -> Answer:
    """Return the page of a rule, field, computed name or measure; a table if several fields have the name."""
    if measure.is_list(typed):
        return measure.table()
    counted = measure.find(typed)
    page = _page(schema, typed, settings)
    if page is None and not counted:
        raise _unknown(schema, typed)
    # A measure's own name wins over a synonym of a computed name.
    if page is None or (counted == typed and page.document.get("computed", typed) != typed):
        return measure.shown(counted)
    return page._replace(note="\n".join(filter(None, (page.note, measure.note(counted))))) if counted else page


def _page(schema: Schema, typed: str, settings: Settings | None) -> Table | Text | None:
    """The page of a rule, field or computed name."""
    computed = figure.find(typed)
    if page := rule.find(schema, typed):
        answer = rule.shown(page)
        return answer._replace(note=figure.note(computed)) if computed else answer
    matches = field.find(schema, typed)
    top = tuple(match for match in matches if "." not in match.path)
    meant = top if len(top) == 1 else matches
    if computed and not any(field.has_name(match, typed) for match in meant):
        return figure.shown(computed, settings)
    if len(meant) == 1:
        return field.shown(schema, meant[0], matches, computed)
    return field.several(matches) if matches else None


def rules(schema: Schema) -> Table:
    """Return a table of all rules."""
    columns = (Column("rule", _("Rule"), fixed=True), Column("fact", _("What it checks")))
    rows = tuple((page.rule, page.fact) for page in known(schema))
    return Table(columns, rows, {"rules": [{"rule": name, "fact": fact} for name, fact in rows]})


def _unknown(schema: Schema, typed: str) -> Exception:
    known = (*names(schema), *field.names(schema), *figure.names(), *measure.names())
    message = _("unknown rule or field '{name}'").format(name=typed)
    every = _("all rules: crmtext explain; fields: crmtext explain customer; figures: crmtext explain measures")
    return usage("unknown-rule", message, did_you_mean(nearest(typed, known), every))
