"""Examine whose retention period has ended, and which requests of persons are overdue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmtext.computed.cases import REQUEST
from crmtext.i18n import _, plural
from crmtext.index import lookup
from crmtext.model import day
from crmtext.protection.retention import overview
from crmtext.setup.doctor.finding import Finding, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.setup.doctor.patient import Patient
    from crmtext.snapshot import Snapshot

_NAME = "retention"


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield how many customers are kept too long, and how many requests wait for their answer too long."""
    if patient.store is None:
        return
    snapshot = lookup.listed(patient.store, {})
    faults = [*_faults(snapshot)]
    yield from faults
    if not faults:
        yield Finding(_NAME, State.FINE, _("nothing is overdue"))


def _faults(snapshot: Snapshot) -> Iterator[Finding]:
    if not snapshot.settings.retention_rules:
        message = _("no rule says how long customers are kept: crmtext.toml has no [retention]")
        yield Finding(_NAME, State.WARNING, message, _('for example: lost = "36m after churn.date"'))
    if past := len(overview(snapshot).past):
        message = plural(
            "the retention period of {n} customer has ended", "the retention period of {n} customers has ended", past
        )
        yield Finding(_NAME, State.WARNING, message, "crmtext retention --due")
    cases = (case for customer in snapshot.customers for case in customer.data.get("cases", ()))
    if late := sum(_is_late(case, snapshot) for case in cases):
        message = plural("{n} request of a person is overdue", "{n} requests of persons are overdue", late)
        command = """crmtext list --where "any(cases, kind == 'request' and status != 'closed' and due < today)\""""
        yield Finding(_NAME, State.ERROR, message, command)


def _is_late(case: Mapping[str, Any], snapshot: Snapshot) -> bool:
    """Whether a request is open after the day by which it must be answered."""
    due = day(case.get("due"))
    return case["kind"] == REQUEST and case["status"] != "closed" and due is not None and due < snapshot.today
