"""Records with the values masked that the schema marks with `x-mask` or `x-sensitive`, free text included."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crmtext.answer import LazyList
from crmtext.i18n import bracketed
from crmtext.model import Customer, unmasked
from crmtext.schema import Schema
from crmtext.sealing import forms, free_text, record_words
from crmtext.sealing.people import People
from crmtext.snapshot import Outside
from crmtext.text.document import Document
from crmtext.text.pointer import escape
from crmtext.text.secret_numbers import is_resident_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from crmtext.schema import Field
    from crmtext.snapshot import Snapshot

#: The first version of the schema with `x-mask`. Records of an earlier one are masked by the shipped schema's marks.
_FIRST_WITH_MARKS = 3
#: Names that are those of a person only if the customer is one; companies are shown in full.
_OF_PERSONS = ("name", "short_name", "aliases", "billing.title")
#: Codes of companies, which are shown, and of sole traders (92) and persons, which are masked.
_CODES = ("uscc", "billing.tax_number")
_SOLE_TRADER = "92"
_CODE_LENGTHS = (15, 18)
#: Definitions that a schema without marks uses for fields of the team.
_DEFINITIONS = ("phone", "email")


class MaskedDocument(Document):
    """A document whose data and text are masked. It must never be written: `Draft` rejects it."""

    def __init__(self, document: Document, masking: Masking, words: Mapping[str, str] | None = None) -> None:
        # The class is frozen.
        self.__dict__.update(problems=(), _full=document, _masking=masking, _words=words)

    @cached_property
    def path(self) -> str:  # read on first use, as the data
        """The path, without a person's name in it."""
        full: Document = self.__dict__["_full"]
        masking: Masking = self.__dict__["_masking"]
        return masking.record(full.data).path(full.path)

    @cached_property
    def data(self) -> Any:
        """The masked data."""
        full: Document = self.__dict__["_full"]
        masking: Masking = self.__dict__["_masking"]
        return masking.data(full.data, words=self.__dict__["_words"])

    @cached_property
    def text(self) -> str:
        """The masked data in canonical form. Comments are left out: they may say anything."""
        from crmtext.text.edit import canonical  # the door to YAML

        masking: Masking = self.__dict__["_masking"]
        return canonical.fresh(self.data, dates=masking.schema.dates)


class MaskedCustomer(Customer):
    """A customer whose record is masked."""

    @property
    def short(self) -> str:
        """The short name, else the full one; if it is masked with the id, because masked names aren't unique."""
        full = unmasked(self)
        masking: Masking = vars(self.document)["_masking"]
        return masking.record(full.data).named("short_name", full.short)


class Masking:
    """Masks the records of a schema. In free text, the names of these customers' persons are masked as well."""

    def __init__(self, schema: Schema, customers: Iterable[Customer] = ()) -> None:
        self.schema = schema
        self._customers = customers
        marks = schema if schema.data["x-version"] >= _FIRST_WITH_MARKS else Schema.shipped()
        self._root = _Place(schema.root, marks)
        self._places: dict[str, _Place] = {}
        kinds = {path: kind for path in schema.by_path if path and (kind := self._root.along(path).kind)}
        self._names = {path for path, kind in kinds.items() if kind == "name"}
        #: The values that are looked for in free text.
        self._of_person = record_words.tree(kinds)
        self._of_company = record_words.tree(
            {path: kind for path, kind in kinds.items() if path.removesuffix("[]") not in _OF_PERSONS}
        )

    def data(
        self, data: Mapping[str, Any], keys: Collection[str] | None = None, *, words: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the data of a record masked; only these keys, if any are given. Unchanged parts are shared.

        `words` are looked for in its free text instead of its own, for example those of all its versions.
        """
        return RecordMask(self, data, words).data(keys)

    def masks(self, path: str) -> bool:
        """Whether values at a field's path are masked."""
        return bool(self._root.along(path).kind)

    def text(self, text: str, data: Mapping[str, Any]) -> str:
        """Return any text about a customer masked, such as a commit message: patterns, and values of the record."""
        return RecordMask(self, data).text(text)

    def record(self, data: Mapping[str, Any]) -> RecordMask:
        """Return the mask of one record."""
        return RecordMask(self, data)

    def place(self, path: str) -> _Place:
        """Return how the values at a field's path are masked."""
        if path not in self._places:
            self._places[path] = self._root.along(path)
        return self._places[path]

    def free_texts(self, data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield the free texts of a record: pointer, path of the field, text."""
        return self._root.free_texts(data, "")

    def words(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Return the values of a record that are masked in its free text, each with its masked form."""
        own = record_words.words(data, self._of_person if _is_person(data) else self._of_company, _is_company_code)
        named = self._people.words(text for _pointer, _path, text in self.free_texts(data)) if self._people else {}
        return free_text.by_length((named | own).items()) if named else own

    @cached_property
    def _people(self) -> People | None:
        """The persons of the customers; None without any."""
        names = [name for customer in self._customers for name in self._names_in(customer.data)]
        return People(names) if names else None

    def _names_in(self, data: Mapping[str, Any]) -> Iterator[str]:
        paths = self._names if _is_person(data) else {path for path in self._names if path not in _OF_PERSONS}
        for value in self.schema.all_values(data, sorted(paths)):
            yield from (name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str))

    def customer(self, customer: Customer) -> Customer:
        """Return a customer masked."""
        return MaskedCustomer(self.document(customer.document))

    def document(self, document: Document, words: Mapping[str, str] | None = None) -> MaskedDocument:
        """Return a document masked on first use; `words` as in `data`."""
        return document if isinstance(document, MaskedDocument) else MaskedDocument(document, self, words)

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot whose customers are masked. Conditions and computed figures still see the full ones.

        Broken records keep only their paths, and problems lose the lines that they quote.
        """
        masked = replace(
            snapshot,
            customers=LazyList(snapshot.customers, self.customer),
            broken=tuple(Document(document.path, "") for document in snapshot.broken),
            problems=tuple(problem._replace(excerpt="", fix=()) for problem in snapshot.problems),
            earlier=lambda: None,
            elsewhere=Outside(snapshot.elsewhere.checked, snapshot.elsewhere.left_out),
            state="",
        )
        # The class is frozen.
        masked.__dict__["_full"] = snapshot
        return masked


class RecordMask:
    """Masks what is shown of one record; the words for its free text are collected when the first text is met."""

    def __init__(self, masking: Masking, data: Mapping[str, Any], words: Mapping[str, str] | None = None) -> None:
        self._masking = masking
        self.record = data
        if words is not None:
            self.__dict__["words"] = words

    def data(self, keys: Collection[str] | None = None) -> dict[str, Any]:
        """Return the data of the record masked; only these keys, if any are given."""
        wanted = self.record if keys is None else {key: self.record[key] for key in self.record if key in keys}
        masked: dict[str, Any] = self._masking.place("").masked(wanted, self)
        return masked

    def value(self, path: str, value: Any) -> Any:
        """Return a value at a field's path masked; of a list of values there, each."""
        place = self._masking.place(path)
        return [place.masked(one, self) for one in value] if isinstance(value, list) else place.masked(value, self)

    def text(self, text: str) -> str:
        """Return a text about the customer masked."""
        return free_text.masked(text, self.words)

    def named(self, key: str, name: str) -> str:
        """Return a name of the customer masked, with the id beside it, because masked names aren't unique."""
        masked = str(self.value(key, name))
        return masked if masked == name else bracketed(masked, str(self.record.get("id", "")))

    def texts(self, value: Any) -> Any:
        """Return a text about the customer masked, or a list of them; anything else as it is."""
        if isinstance(value, list | tuple):
            return [self.texts(one) for one in value]
        return self.text(value) if isinstance(value, str) else value

    def hidden(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield the parts of a text that are masked with stars, each with its masked form."""
        return free_text.hidden(text, self.words)

    def field_path(self, path: str) -> str:
        """Return the path of a field; one that the schema doesn't know masked, because it may hold a name."""
        return path if path in self._masking.schema.by_path else self.text(path)

    def key(self, key: str, taken: Collection[str]) -> str:
        """Return a key of a map that the schema leaves open masked; different keys stay different."""
        name = self.text(key)
        while name in taken:
            name += "*"
        return name

    def path(self, path: str) -> str:
        """Return the path of the record's file; words after the id, which may be the name, are masked."""
        folder, slash, name = path.rpartition("/")
        id_ = str(self.record.get("id", ""))
        if _is_person(self.record) and name != f"{id_}.yaml":
            name = f"{id_}-{forms.HIDDEN}.yaml"
        return f"{self.text(folder)}{slash}{name}"

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The masked form of each word."""
        return self._masking.words(self.record)


class _Place:
    """A place in records and how its values are masked; the places below it are made on first use."""

    def __init__(self, field: Field | None, marks: Schema, path: str = "", inherited: str = "") -> None:
        #: None in a map that the schema leaves open.
        self.field = field
        self._marks, self._path = marks, path
        self.kind = _kind(field, marks, path) or inherited
        fixed = field and (
            field.choices or field.kind == "date" or field.mark("x-handle") or field.mark("x-reference") or path == "id"
        )
        self._is_free = not fixed
        self._children: dict[str, _Place] = {}

    def below(self, key: str) -> _Place:
        """The place of a key of a map here."""
        if key not in self._children:
            field = self.field.by_key.get(key) if self.field else None
            path = f"{self._path}.{key}" if self._path else key
            self._children[key] = _Place(field, self._marks, path, self.kind)
        return self._children[key]

    @cached_property
    def item(self) -> _Place:
        """The place of the items of a list here."""
        return _Place(self.field.item if self.field else None, self._marks, f"{self._path}[]", self.kind)

    def along(self, path: str) -> _Place:
        """The place at a field's path."""
        place = self
        for step in filter(None, path.replace("[]", ".[]").split(".")):
            place = place.item if step == "[]" else place.below(step)
        return place

    def masked(self, value: Any, record: RecordMask) -> Any:
        """Return a value here masked: the hottest loop of a masked list."""
        kind = type(value)
        if kind is str:
            if self.kind:
                return value if _is_shown(self._path, value, record.record) else forms.FORMS[self.kind](value)
            return free_text.masked(value, record.words) if self._is_free else value
        if kind is dict:
            known = self._children
            shown: dict[str, Any] = {}
            for key, child in value.items():
                place = known[key] if key in known else self.below(key)
                shown[key if place.field else record.key(key, shown)] = place.masked(child, record)
            return shown
        if kind is list:
            item = self.item
            return [item.masked(child, record) for child in value]
        return self._masked_number(value, record)

    def free_texts(self, value: Any, pointer: str) -> Iterator[tuple[str, str, str]]:
        """Yield the free texts in a value here: pointer, path of the field, text."""
        if isinstance(value, dict):
            for key, child in value.items():
                yield from self.below(key).free_texts(child, f"{pointer}/{escape(key)}")
        elif isinstance(value, list):
            for index, child in enumerate(value):
                yield from self.item.free_texts(child, f"{pointer}/{index}")
        elif isinstance(value, str) and self._is_free and not self.kind:
            yield pointer, self._path, value

    def _masked_number(self, value: Any, record: RecordMask) -> Any:
        """A number, a year of birth or a telephone number that somebody wrote without quotes."""
        # In a record with errors, a list may be one number.
        kind = self.kind or (self.item.kind if self.field and self.field.item else "")
        if value is None or isinstance(value, bool) or (not kind and self.field):
            return value
        text = str(value)
        masked = forms.FORMS[kind](text) if kind else free_text.masked(text, record.words)
        return value if masked == text else masked


def _kind(field: Field | None, marks: Schema, path: str) -> str:
    """The kind of mask of a field; empty for none. A sensitive field without a kind is masked as text."""
    marked = marks.by_path.get(path)
    kind = (field and field.mark("x-mask")) or (marked and marked.mark("x-mask"))
    if not kind and field and field.definition in _DEFINITIONS and field.definition in marks.data["definitions"]:
        kind = marks.data["definitions"][field.definition].get("x-mask")
    if not kind and field and field.mark("x-sensitive"):
        kind = "text"
    return str(kind or "")


def _is_shown(path: str, value: str, data: Mapping[str, Any]) -> bool:
    """Whether a value with a mark is shown: the names of companies, and their codes."""
    if path.removesuffix("[]") in _OF_PERSONS:
        return not _is_person(data)
    return path in _CODES and _is_company_code(value)


def _is_company_code(value: str) -> bool:
    """Whether a code is that of a company: its credit code has 18 characters, its old tax number 15."""
    return len(value) in _CODE_LENGTHS and not value.startswith(_SOLE_TRADER) and not is_resident_id(value)


def _is_person(data: Mapping[str, Any]) -> bool:
    """Whether the customer is a person, or may be one."""
    return bool(data.get("type", "person") == "person")
