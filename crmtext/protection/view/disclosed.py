"""Whether views are disclosed: what a role may see, by a disclosure in the same commit as the change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext import settings as store_settings
from crmtext.i18n import _
from crmtext.problem import Problem
from crmtext.settings import table_name
from crmtext.settings.access import ACCESS
from crmtext.settings.problems import setting_problem
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crmtext.protection.disclosures import Disclosure
    from crmtext.settings.access import Role

#: The kind of these disclosures.
KIND = "role-view"
#: The expression that holds for every customer.
_EVERYONE = "id"


def problems(settings: bytes, disclosures: Iterable[Disclosure]) -> Iterator[Problem]:
    """Yield a problem for each role whose `see` or `see_where` differs from its last disclosure."""
    access = store_settings.read(settings).access
    given = tuple(disclosures)
    for name, role in access.roles.items() if access else ():
        if not is_disclosed(name, role, given):
            message = _("what the role {role} may see is not disclosed").format(role=name)
            key = "see_where" if role.see == ("*",) else "see"
            table = f"{ACCESS}.{table_name(name)}"
            at = setting_problem(settings.decode("utf-8-sig"), key, table, message, "")
            yield Problem("undisclosed-view", message, at.place, command(name), excerpt=at.excerpt)


def command(role: str) -> str:
    """Return the command that writes the disclosure of a role's view."""
    return f"crmtext role-view --role {quoted(role)} --disclose --purpose …"


def is_disclosed(name: str, role: Role, disclosures: Iterable[Disclosure]) -> bool:
    """Whether the last disclosure of a role's view names these fields and customers; of several in a day, any.

    A role that sees everything needs none.
    """
    if role.sees_all:
        return True
    given = [one for one in disclosures if (one.what, one.to) == (KIND, name)]
    last = max((one.day for one in given), default=None)
    wanted = sorted(role.see), customers(role)
    return any((sorted(one.fields), one.where) == wanted for one in given if one.day == last)


def customers(role: Role) -> str:
    """Return the condition for the customers in a role's view, on one line."""
    return " ".join(role.see_where.split()) or _EVERYONE
