"""What a rule says and why, what a key of a record holds, and what a computed name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Answer, Column, Table
from crmtext.checks.pages import known, names
from crmtext.explain import field as key
from crmtext.explain import figure, rule
from crmtext.i18n import _
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from crmtext.schema import Schema


def explain(schema: Schema, typed: str) -> Answer:
    """The page of a rule, a key or a computed name, which may be typed as people call it; of several keys, which."""
    if page := rule.find(schema, typed):
        return rule.shown(page)
    found = key.find(schema, typed)
    top = tuple(field for field in found if "." not in field.path)
    meant = top if len(top) == 1 else found
    computed = figure.find(typed)
    if computed and not any(key.is_called(field, typed) for field in meant):
        return figure.shown(computed)
    if len(meant) == 1:
        return key.shown(schema, meant[0], found, computed)
    if found:
        return key.several(found)
    raise _unknown(schema, typed)


def rules(schema: Schema) -> Table:
    """All rules by name, with what each says."""
    columns = (Column("rule", _("Rule"), fixed=True), Column("fact", _("What it says")))
    rows = tuple((page.rule, page.fact) for page in known(schema))
    return Table(columns, rows, {"rules": [{"rule": name, "fact": fact} for name, fact in rows]})


def _unknown(schema: Schema, typed: str) -> Exception:
    known = (*names(schema), *key.names(schema), *figure.names())
    message = _("there is no rule and no key '{name}'").format(name=typed)
    every = _("all rules: crmtext explain; all keys: crmtext explain customer")
    return usage("unknown-rule", message, did_you_mean(nearest(typed, known), every))
