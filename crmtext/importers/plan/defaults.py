"""The defaults that filled something in a plan: how many customers have each, and where it comes from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crmtext.i18n import plural
from crmtext.importers.plan.answers import in_words, typed_name
from crmtext.terminal.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.importers.mapping import Default
    from crmtext.importers.plan.result import Plan


def default_lines(plan: Plan) -> Iterator[str]:
    """Yield a line about each default that filled a field of a new customer, or of an entry that is added."""
    used: Counter[Default] = Counter()
    for planned in plan.customers:
        for default in planned.incoming.defaults:
            # A customer of the store takes no default itself; its new entries do.
            list_, _dot, key = default.field.partition(".")
            holder = plan.store.schema.root.child(list_)
            if planned.kind == "new" or (key and holder and holder.kind == "list"):
                used[default] += 1
    for default, number in sorted(used.items()):
        hidden = plan.store.schema.sensitive("/" + default.field.replace(".", "/"))
        yield plural(
            "default {field}: {value} ({n} customer; {origin})",
            "default {field}: {value} ({n} customers; {origin})",
            number,
            field=typed_name(plan, default.field),
            value="***" if hidden else in_words(plan, f"--default {quoted(f'{default.field}={default.typed}')}"),
            origin=default.origin or "--default",
        )
