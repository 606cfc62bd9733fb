"""An alias is somebody's short name; the nearest of all is told."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.model import Customer
    from crmtext.problem import Problem
    from crmtext.schema import Schema
    from crmtext.snapshot import Fact, Snapshot

SCOPE = Scope.RELATED
READS = ()
LISTS = ("made-known",)


def facts(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The short name."""
    if "short_name" in customer.data:
        yield "made-known", customer.data["short_name"]


def needs(customer: Customer, _schema: Schema) -> Iterator[Fact]:
    """The aliases."""
    yield from (("made-known", alias) for alias in customer.data.get("aliases", ()))


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """An error at each alias that is not."""
    here = {each.data["short_name"] for each in snapshot.customers if "short_name" in each.data}
    for customer in snapshot.customers:
        for number, alias in enumerate(customer.data.get("aliases", ())):
            if alias not in here:
                every = sorted(here | snapshot.elsewhere.values("made-known"))
                near = get_close_matches(alias, every, n=1, cutoff=0)
                message = f"{alias}: not {', '.join(near)}"
                yield customer.document.problem("made-nearest", message, f"/aliases/{number}", hint="choose")
