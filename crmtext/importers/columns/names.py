"""The fields that a header may mean, by the object of its sheet: the schema's names and a few more."""

from __future__ import annotations

import re
import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmtext.importers.columns.headers import norm
from crmtext.importers.mapping import OBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmtext.schema import Schema
    from crmtext.schema.dictionary import Field

#: Fields that hold what will be sealed. They are names for columns even if the schema lacks them.
SEALED = ("person.id_number", "person.birth_date", "person.home_address", "billing.bank_account")
_NOT_A_PERSON = re.compile(r"公司|单位|企业|登录|账号类型|提醒|reminder")

#: Objects whose sheets also hold fields of the customer besides its name.
_CUSTOMER_TOO = frozenset({"contacts", "leads"})
#: In which order the parts of a record are searched for the name of a column about a customer.
_PARTS = (
    "company", "classification", "addresses", "needs", "interactions", "contacts", "person", "preferences",
    "cooperation", "churn", "billing", "sources", "opportunities", "transactions", "retention",
)  # fmt: skip


class Meaning(NamedTuple):
    """A field that a header may mean, and how it was found: `label` or `synonym`."""

    field: str
    how: str


class Names:
    """The names of a schema's fields."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._by_object: dict[str, Mapping[str, tuple[Meaning, ...]]] = {}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by their path without positions."""
        fields: dict[str, Field] = {}
        for path, field in self.schema.by_path.items():
            fields.setdefault(path.replace("[]", ""), field)
        return fields

    def meanings(self, kind: str, header: str) -> tuple[Meaning, ...]:
        """The fields that a normal header may mean on a sheet of an object; several if the name fits several."""
        if kind not in self._by_object:
            self._by_object[kind] = self._build(kind)
        return self._by_object[kind].get(header) or (_asked(header) if kind == "feedback" else ())

    @cached_property
    def known(self) -> frozenset[str]:
        """All names of fields and columns, in their normal form."""
        names = {norm(name) for field in self.schema.by_path.values() for name in field.names()}
        own = {norm(name) for table in more_names().values() for names in table.values() for name in names}
        return frozenset((names | own) - {""})

    def leaf(self, path: str) -> str:
        """A field's path, or the path of the field that a single text fills in a list or part of this path."""
        field = self.fields.get(path)
        if path == "addresses":
            return "addresses[office].street"
        if path == "sources":
            return "sources.channel"
        if field is None or field.is_range or path == "custom":
            return path
        holder = field.item if field.kind == "list" and field.item and field.item.children else field
        if not holder.children:
            return path
        return holder.main.path.replace("[]", "") if holder.main else ""

    def _build(self, kind: str) -> Mapping[str, tuple[Meaning, ...]]:
        tiers = [self._more(kind)]
        root = [field for field in self.schema.fields if field.path not in ("custom", "external_ids", "contacts")]
        if kind in ("customers", "leads"):
            tiers.append(self._named(root))
            tiers += [self._part(part, vague=False) for part in _PARTS]
        else:
            tiers.append(self._part(kind))
            if kind in _CUSTOMER_TOO:
                tiers.append(self._named(field for field in root if field.path != "name"))
        if kind == "leads":
            tiers = [self._more("contacts"), self._part("contacts"), *tiers]
        built: dict[str, tuple[Meaning, ...]] = {}
        for tier in tiers:
            for name, meanings in tier.items():
                built.setdefault(name, tuple(meanings))
        return built

    def _more(self, kind: str) -> dict[str, list[Meaning]]:
        table = more_names().get(kind, {})
        return {norm(name): [Meaning(path, "synonym")] for path, names in table.items() for name in names}

    def _part(self, part: str, *, vague: bool = True) -> dict[str, list[Meaning]]:
        top = self.schema.by_path.get(part)
        if top is None:
            return {}
        names = self._named(field for field in top.walk() if field.path not in (part, f"{part}[]"))
        return {name: meanings for name, meanings in names.items() if vague or name not in words("vague")}

    def _named(self, fields: Iterator[Field] | list[Field]) -> dict[str, list[Meaning]]:
        """The names of fields; labels before synonyms."""
        names: dict[str, list[Meaning]] = {}
        for field in fields:
            path = field.path.replace("[]", "")
            path = self.leaf(path.replace("addresses.", "addresses[office]."))
            if not path or field.path.endswith("[]"):
                continue
            labels = {norm(name) for name in (field.key, *field.labels.values())}
            for name in dict.fromkeys(norm(name) for name in field.names()):
                meaning = Meaning(path, "label" if name in labels else "synonym")
                have = names.setdefault(name, [])
                if all(other.field != path for other in have):
                    have.append(meaning)
        return {
            name: [one for one in have if one.how == "label"][:1] or have if len(have) > 1 else have
            for name, have in names.items()
            if name
        }


def sensitive(header: str) -> str:
    """Return the sealed field that a normal header names; empty if it names none."""
    if _NOT_A_PERSON.search(header) and "账" not in header and "帐" not in header:
        return ""
    return next((path for path, pattern in _sealed() if pattern.search(header)), "")


@cache
def words(key: str) -> frozenset[str]:
    """The normal names of a list in `names.toml`."""
    return frozenset(map(norm, _table()["words"][key]))


@cache
def _sealed() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sealed fields with the pattern of their normal names."""
    return tuple((path, re.compile("|".join(parts))) for path, parts in _table()["sealed"].items())


@cache
def _asked(header: str) -> tuple[Meaning, ...]:
    """The field that the question of a survey asks for."""
    fitting = (path for path, parts in _table()["asked"].items() if re.search("|".join(parts), header))
    return tuple(Meaning(path, "synonym") for path in [*fitting][:1])


def more_names() -> Mapping[str, Mapping[str, list[str]]]:
    """The names of columns in `names.toml`: by object, then by field."""
    return {kind: names for kind, names in _table().items() if kind in OBJECTS}


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))
