"""Records that are likely the same customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Crowd, Scope
from crmtext.duplicates.compare import candidates, crowds, near_keys, reasons
from crmtext.duplicates.inverted import MOST_IN_COMMON
from crmtext.duplicates.known import Known, known
from crmtext.i18n import _
from crmtext.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.schema import Schema
    from crmtext.snapshot import Fact, Snapshot

SCOPE = Scope.RELATED
ONLY_WARNINGS = True
READS = ("name", "short_name", "aliases", "former_names", "type", "uscc", "relations", "not_duplicate_of")
CROWD = Crowd(limit=MOST_IN_COMMON, kinds=("mark", "near"), by="named")

#: The number of duplicates that a message names.
_MOST_NAMED = 3


def facts(customer: Customer, schema: Schema) -> Iterator[Fact]:
    """The marks that duplicates share, and the name as it is compared."""
    yield from needs(customer, schema)
    yield "named", known(customer).name


def needs(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The marks that duplicates share, and keys of similar names."""
    compared = known(customer)
    yield from (("mark", f"{kind}:{value}") for kind, value in compared.marks)
    yield from (("near", key) for key in near_keys(compared.name))


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of customers that are likely the same as an earlier one, with the reasons."""
    elsewhere = snapshot.elsewhere
    compared = [known(customer) for customer in snapshot.customers]
    matches_of: dict[str, tuple[Known, list[tuple[Known, tuple[str, ...]]]]] = {}
    for one, other in candidates(compared):
        if elsewhere.asks(other.customer.path) and (why := reasons(one, other)):
            matches_of.setdefault(other.customer.path, (other, []))[1].append((one, why))
    for later, matches in matches_of.values():
        yield _problem(later, matches)
    for mark, members in crowds(compared):
        if elsewhere.asks(members[0].customer.path):
            count = elsewhere.crowds.get(("mark", ":".join(mark)), len(members))
            yield _crowd_problem(mark, members[0], count)


def _problem(later: Known, matches: list[tuple[Known, tuple[str, ...]]]) -> Problem:
    """One problem for all matches, with the reasons of the best one."""
    ordered = sorted(matches, key=lambda match: (-len(match[1]), match[0].customer.id))
    ids = [one.customer.id for one, _reasons in ordered]
    named = _(", ").join(ids[:_MOST_NAMED])
    if (left := len(ids) - _MOST_NAMED) > 0:
        named = _("{named} and {n} more").format(named=named, n=left)
    message = _("likely a duplicate of {id}: {reasons}").format(id=named, reasons=_(", ").join(ordered[0][1]))
    merging = _("merge the two records: {command}").format(command=f"crmtext merge {ids[0]} {later.customer.id}")
    marking = _("or mark them as different: not_duplicate_of: [{id}]").format(id=", ".join(ids[:_MOST_NAMED]))
    hint = f"{merging}\n{marking}"
    problem = later.customer.document.problem(
        "likely-duplicate", message, "/name", hint=hint, severity=Severity.WARNING
    )
    # Only the first match: finding a place in a record takes longer than comparing it with all others.
    return problem._replace(also=(ordered[0][0].customer.document.place("/name"),))


def _crowd_problem(mark: tuple[str, str], first: Known, count: int) -> Problem:
    kind, value = mark
    words = {
        "phone": _("{n} customers share the phone number {value}, so it does not show duplicates"),
        "email": _("{n} customers share the e-mail address {value}, so it does not show duplicates"),
        "domain": _("{n} customers share the domain {value}, so it does not show duplicates"),
    }
    hints = {
        "phone": _("keep the number of a shared switchboard; put an agent's number into the agent's record"),
        "email": _("use each customer's own address; an agent's address belongs in the agent's own record"),
        "domain": _("the domain of one employer is fine; remove the domain of a mail provider"),
    }
    quiet = _("to keep it, add to this record: # crmtext: ignore likely-duplicate REASON")
    return first.customer.document.problem(
        "likely-duplicate",
        words[kind].format(n=count, value=value),
        "/name",
        hint=f"{hints[kind]}\n{quiet}",
        severity=Severity.WARNING,
    )
