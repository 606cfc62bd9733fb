"""Retention: `[retention]` of the settings, its rules by status, and their problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import _
from crmtext.settings.problems import setting_problem, wrong_type
from crmtext.terminal.width import printable
from crmtext.values import lazy
from crmtext.values.durations import Duration, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.problem import Problem

RETENTION = "retention"
#: The settings of the table that are no rules for a status.
KEEP, HOLD = "keep_transactions", "hold"
_NEVER = "never"
_RULE = lazy.pattern(r"(\S+)\s+after\s+(\S.*)")


class RetentionRule(NamedTuple):
    """How long customers of a status are kept after a date."""

    #: None for ever.
    kept_for: Duration | None
    #: The date as typed: a field or a computed name; empty for ever.
    after: str = ""


def rules(table: Mapping[str, Any]) -> dict[str, str]:
    """Return the rules of `[retention]` by status, as written."""
    return {key: value for key, value in table.items() if key not in (KEEP, HOLD)}


def retention_rule(written: str) -> RetentionRule | None:
    """Return the rule that a text such as `36m after churn.date` means; None for any other text."""
    if written.strip() == _NEVER:
        return RetentionRule(None)
    match = _RULE.fullmatch(written.strip())
    length = duration(match[1]) if match else None
    return RetentionRule(length, match[2]) if match and length and length.number else None


def problems(text: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of types and periods; a check compares the rules with the schema."""
    for key, value in table.items():
        if key == HOLD:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                hint = 'hold = ["C20240501K7QM"]'
                yield wrong_type(text, key, RETENTION, value, _("a list of ids"))._replace(hint=hint)
        elif not isinstance(value, str):
            yield wrong_type(text, key, RETENTION, value, _("text"))._replace(hint=_example(key))
        elif key == KEEP and duration(value) is None:
            message = _("'{value}' is not a period").format(value=printable(value[:40]))
            yield setting_problem(text, key, RETENTION, message, _example(key))
        elif key != KEEP and retention_rule(value) is None:
            message = _("'{value}' is not a retention rule").format(value=printable(value[:40]))
            yield setting_problem(text, key, RETENTION, message, _example(key))


def _example(key: str) -> str:
    if key == KEEP:
        return _("days, weeks, months or years, for example: {example}").format(example='keep_transactions = "10y"')
    example = f'{key if key.isascii() and key.isidentifier() else "lost"} = "36m after churn.date"'
    return _('for example: {example}, or "never"').format(example=example)
