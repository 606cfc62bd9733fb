"""Problems of lists of rules: `[[followup.rules]]` and `[[classification.rules]]`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import N_, _
from crmtext.layout import SETTINGS
from crmtext.problem import Place, Problem
from crmtext.settings.problems import setting_problem, unknown_setting, wrong_type
from crmtext.terminal.width import printable
from crmtext.text.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.settings.fields import Settings

_TEXT, _NUMBER, _TEXTS, _TEXT_OR_TEXTS, _TABLE = "text", "number", "texts", "text or texts", "table"
_EMPTY: tuple[object, ...] = ("", [], {})


class RuleTable(NamedTuple):
    """A list of rules: the settings of a rule with their types, and the messages about them."""

    name: str
    #: The rule of `check` that reports what only the schema can tell.
    check: str
    types: Mapping[str, str]
    required: tuple[str, ...]
    no_table: str
    twice: str
    lacks: str
    nameless_lacks: str
    example: str


FOLLOW_UP = RuleTable(
    "followup.rules",
    "follow-up-rule",
    {"name": _TEXT, "every_days": _NUMBER, "where": _TEXT, "channel": _TEXT_OR_TEXTS, "say": _TEXT},
    ("name", "every_days"),
    N_("a follow-up rule is a table in two pairs of brackets: [[followup.rules]]"),
    N_("two follow-up rules have the name '{name}'"),
    N_("the follow-up rule '{name}' has no {key}"),
    N_("a follow-up rule has no {key}"),
    N_('for example: [[followup.rules]], and below it name = "…" and every_days = 30'),
)
CLASSIFICATION = RuleTable(
    "classification.rules",
    "classification-rule",
    {"name": _TEXT, "where": _TEXT, "set": _TABLE, "tags": _TEXTS},
    ("name",),
    N_("a classification rule is a table in two pairs of brackets: [[classification.rules]]"),
    N_("two classification rules have the name '{name}'"),
    N_("the classification rule '{name}' has no {key}"),
    N_("a classification rule has no {key}"),
    N_('for example: [[classification.rules]], and below it name = "…", where = "…" and set.value = "high"'),
)
#: The fields that a classification rule can set, with their paths in a record.
SETTABLE: Mapping[str, str] = MappingProxyType(
    {"value": "classification.value", "priority": "priority", "segment": "classification.segment"}
)


def problems(text: str, rules: Any, about: RuleTable) -> Iterator[Problem]:
    """Yield the problems of a list of rules."""
    table, _dot, key = about.name.rpartition(".")
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        yield setting_problem(text, key, table, _(about.no_table), _(about.example))
        return
    names: set[str] = set()
    for number, rule in enumerate(rules):
        here = f"{about.name}.{number}"
        yield from _rule(text, here, rule, about)
        name = rule.get("name")
        if isinstance(name, str) and name:
            if name in names:
                message = _(about.twice).format(name=printable(name))
                yield setting_problem(text, "name", here, message, _("rename one of them"))
            names.add(name)


def _rule(text: str, table: str, rule: Mapping[str, Any], about: RuleTable) -> Iterator[Problem]:
    for key, value in rule.items():
        kind = about.types.get(key, "")
        if not kind:
            problem = unknown_setting(text, printable(key), about.name, about.types)
            yield setting_problem(text, key, table, problem.message, problem.hint)
        elif not _has_type(value, kind):
            wanted = {
                _TEXT: _("text"), _NUMBER: _("a whole number"), _TEXTS: _("a list of texts"), _TABLE: _("a table"),
                _TEXT_OR_TEXTS: _("text or a list of texts"),
            }  # fmt: skip
            yield wrong_type(text, key, table, value, wanted[kind])
        elif value in _EMPTY:
            message = _("{key} is empty").format(key=key)
            yield setting_problem(text, key, table, message, _("write a value, or delete it"))
        elif kind == _TABLE:
            yield from _set(text, f"{table}.{key}", value)
        elif kind == _TEXTS and not all(map(str.strip, value)):
            message = _("{key} contains an empty text").format(key=key)
            yield setting_problem(text, key, table, message, _("write a value, or delete it"))
    name = printable(str(rule.get("name", "")))
    for key in about.required:
        if key not in rule:
            message = (_(about.lacks) if name else _(about.nameless_lacks)).format(name=name, key=key)
            yield setting_problem(text, "", table, message, _(about.example))
    if about is CLASSIFICATION and name and "set" not in rule and "tags" not in rule:
        message = _("the classification rule '{name}' sets nothing").format(name=name)
        hint = _('add what it sets: set = {form}, or: tags = ["…"]').format(form='{ value = "high" }')
        yield setting_problem(text, "", table, message, hint)


def _set(text: str, table: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Problems of the fields that a classification rule sets; a check compares their values with the schema."""
    for key, value in given.items():
        if key not in SETTABLE:
            problem = unknown_setting(text, printable(key), f"{CLASSIFICATION.name}.set", SETTABLE)
            yield setting_problem(text, key, table, problem.message, problem.hint)
        elif not isinstance(value, str):
            yield wrong_type(text, key, table, value, _("text"))
        elif not value.strip():
            message = _("{key} is empty").format(key=key)
            yield setting_problem(text, key, table, message, _("write a value, or delete it"))


def _has_type(value: Any, wanted: str) -> bool:
    if wanted == _NUMBER:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if wanted == _TABLE:
        return isinstance(value, dict)
    if wanted == _TEXT or isinstance(value, str):
        return isinstance(value, str) and wanted != _TEXTS
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def rule_problem(
    settings: Settings, about: RuleTable, number: int, key: str, message: str, hint: str,
    text: str = "", inside: Place = Place(),
) -> Problem:  # fmt: skip
    """Return a problem of a setting of the rule with this number; `inside` is its place in the text there."""
    rules = settings.rules_at.get(about.name, ())
    line, column, excerpt = rules[number].get(key, (0, 0, "")) if number < len(rules) else (0, 0, "")
    at = join((*about.name.split("."), str(number), *key.split(".")))
    place = Place(SETTINGS, line, column, line, column + len(key.rpartition(".")[2]), at)
    start = excerpt.find(text, column) if text and inside.column and "\n" not in text else -1
    if start >= 0:
        place = place._replace(column=start + inside.column, end_column=start + inside.end_column)
    return Problem(about.check, message, place, hint, excerpt=excerpt)
