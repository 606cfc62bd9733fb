"""Problems of `[privacy]`. Types are checked with those of other settings, channels by a check that has the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.settings.problems import setting_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.problem import Problem

PRIVACY = "privacy"
#: The setting with the channels on which marketing needs a consent.
CHANNELS = "require_consent"


def problems(text: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problem of a request that is due at once."""
    if table.get("request_days") == 0:
        message = _("request_days must be at least 1")
        yield setting_problem(text, "request_days", PRIVACY, message, _("for example: {example}").format(example="15"))
