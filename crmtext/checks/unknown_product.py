"""Products that aren't on the store's product list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.checks.scope import Scope
from crmtext.i18n import _
from crmtext.problem import Problem, Severity
from crmtext.settings import PRODUCT_FIELDS, table_name
from crmtext.terminal.width import clip
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmtext.schema import Schema
    from crmtext.snapshot import Snapshot

SCOPE = Scope.RECORD
ONLY_WARNINGS = True

#: The number of characters of a product that a message quotes.
_QUOTED = 60


def check(snapshot: Snapshot) -> Iterator[Problem]:
    """Warn of products that the product list doesn't have, if the store has one."""
    settings = snapshot.settings
    if not settings.products:
        return
    paths = _paths(snapshot.schema)
    for customer in snapshot.customers:
        unknown = snapshot.schema.matching(customer.data, paths, lambda text: settings.product(str(text)) is None)
        for pointer, text in unknown:
            product = clip(" ".join(str(text).split()), _QUOTED)
            known = [name for one in settings.products.values() for name in one.names]
            near = nearest(str(text), known, loose=True)
            add = _("add it to crmtext.toml: [products.{code}]").format(code=table_name(product))
            yield customer.document.problem(
                "unknown-product",
                _("'{product}' is not on the product list").format(product=product),
                pointer,
                hint=did_you_mean(near, add),
                severity=Severity.WARNING,
            )


def _paths(schema: Schema) -> list[str]:
    """Every field `product` or `products`, a team's own ones too; of a list, its entries."""
    fields = (field for field in schema.by_path.values() if field.key in PRODUCT_FIELDS)
    return [field.path for field in fields if field.kind != "list"]
