"""Mappings as files: the shipped profiles and the store's `import/NAME.toml`, which have one form."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.disk import files, safe_read
from crmtext.i18n import _
from crmtext.importers.mapping import NOTHING, OBJECTS, Join
from crmtext.layout import MAPPINGS
from crmtext.problem import CrmError, Place, Problem, cannot, usage
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmtext.store import Store

_PROFILES = Path(__file__).parent.parent / "profiles"
_LARGEST = 512 * 1024
_MOST_SHEETS = 100
_NAME = re.compile(r"[^\W_][\w-]{0,39}")
#: Names of devices, which Windows takes for no file.
_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")
_SOURCE = re.compile(r"[^\W_][\w.-]{0,39}")
_KEYS = ("source", "title", "timezone", "day_first", "format", "export", "people", "defaults", "sheet")
_SHEET_KEYS = ("is", "when", "id", "of", "leave_out", "columns", "drop", "values")
#: The further keys of shipped profiles, for exports.
_OUTGOING_KEYS = ("ending", "language", "rows", "columns", "load")
_OUTPUT_KEYS = ("file", "columns", "customer", "contact", "rows", "only", "reads", "fixed", "words", "avoid", "mobile",
                "groups")  # fmt: skip
#: How rows may find their customer.
WAYS = ("id", "name", "phone", "email", "domain")


class Target(NamedTuple):
    """Where a column goes; an empty path leaves it out."""

    to: str
    values: Mapping[str, str] = NOTHING


class Output(NamedTuple):
    """A file that an export writes for the system: a part of the sheet's columns, read backwards."""

    #: The name of the file, without its ending.
    file: str
    columns: tuple[str, ...]
    #: The columns with the id of the customer, and of the contact.
    customer: str = ""
    contact: str = ""
    #: The entries that it holds: values by their field; empty for all.
    only: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    #: The values that an import gives entries without a word or column, by field.
    reads: Mapping[str, str] = NOTHING
    #: Constants for columns without a field, which the system needs.
    fixed: Mapping[str, str] = NOTHING
    #: The words to write, where several mean the same; else the first one is written.
    words: tuple[str, ...] = ()
    #: Words that an import understands, but that say more than a value does.
    avoid: tuple[str, ...] = ()
    #: Which rows it holds, if they are not those of its sheet: finished tasks are interactions.
    rows: str = ""
    #: The columns of phones that are for mobile numbers.
    mobile: tuple[str, ...] = ()
    #: Its sub-forms: a header of two rows has their titles above the names of their columns. By title, the list.
    groups: Mapping[str, str] = NOTHING


class Outgoing(NamedTuple):
    """How files for a system are written."""

    #: The ending of its files: `csv` or `xlsx`.
    ending: str
    #: The language of the words that its sheets don't name.
    language: str
    #: The most rows of a file.
    rows: int
    #: How to load them, by language.
    load: Mapping[str, str]
    #: The most columns of a file; 0 if the system doesn't say.
    columns: int = 0


class SheetMapping(NamedTuple):
    """How one kind of sheet is read. A column is named by one header or by several that mean the same."""

    object: str
    #: Headers that the sheet has; of several in one entry it has at least one.
    headers: tuple[tuple[str, ...], ...] = ()
    #: A pattern of the file's or sheet's name, which decides between equal kinds.
    file: str = ""
    id: tuple[str, ...] = ()
    of: tuple[Join, ...] = ()
    leave_out: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    columns: Mapping[str, Target] = MappingProxyType({})
    values: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    outputs: tuple[Output, ...] = ()
    #: Columns of sub-forms that the sheet has, as `title/column`.
    groups: tuple[str, ...] = ()


class SystemMapping(NamedTuple):
    """A profile, or a saved mapping."""

    name: str
    source: str
    sheets: tuple[SheetMapping, ...]
    title: str = ""
    timezone: str = ""
    #: Where its columns are known from: `documented`, `headers` (those of real exports) or `export` (whole ones).
    format: str = ""
    #: How to export from the system, by language.
    export: Mapping[str, str] = NOTHING
    people: Mapping[str, str] = NOTHING
    #: Values by field; `@COLUMN` takes that of a column, and several add up.
    defaults: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    saved: bool = False
    #: Whether the day comes before the month in its dates; None if they don't need it.
    day_first: bool | None = None
    #: None if nothing can be exported to the system.
    outgoing: Outgoing | None = None

    @property
    def path(self) -> str:
        """Its path in the store."""
        return f"{MAPPINGS}/{self.name}.toml"


def check_name(name: str) -> str:
    """Return the name of a mapping in its one form. Raises CrmError unless it is a file name on every system."""
    plain = unicodedata.normalize("NFKC", name)
    if not _is_name(plain):
        message = _("'{name}' can't name a mapping").format(name=name[:80])
        raise usage("mapping-name", message, _("use up to 40 letters, digits and hyphens, without capitals"))
    return plain


def _is_name(name: str) -> bool:
    """Whether a text names a mapping. Some systems take letters that differ in case or width for the same name."""
    plain = unicodedata.normalize("NFKC", name).lower()
    return name == plain and _NAME.fullmatch(name) is not None and not _DEVICE.fullmatch(name)


@cache
def profiles() -> Mapping[str, SystemMapping]:
    """The shipped profiles by name."""
    paths = sorted(_PROFILES.glob("*.toml"))
    return MappingProxyType({path.stem: parse(path.read_bytes(), path.stem, path.name, shipped=True) for path in paths})


def saved(store: Store) -> Mapping[str, SystemMapping]:
    """The saved mappings of a store by name. Raises CrmError for one that can't be read."""
    names = files.names(store.root / MAPPINGS, within=store.root)
    stems = sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml") and not name.startswith("."))
    loaded = (load(store, stem) for stem in stems if _is_name(stem))
    return {mapping.name: mapping for mapping in loaded if mapping}


def load(store: Store, name: str) -> SystemMapping | None:
    """Return a saved mapping; None if the store has none of that name."""
    path = f"{MAPPINGS}/{check_name(name)}.toml"
    content = safe_read.read(store.root, path, _LARGEST)
    if isinstance(content, Problem):
        raise CrmError(content)
    return None if content is None else parse(content, name, path)._replace(saved=True)


def parse(content: bytes, name: str, path: str, *, shipped: bool = False) -> SystemMapping:
    """Return the mapping in a file; a shipped one may have exports. Raises CrmError with the place of a mistake."""
    reader = _Reader(path, shipped=shipped)
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise reader.wrong(_("not valid TOML: {reason}").format(reason=str(error)[:200])) from None
    reader.known(data, (*_KEYS, *(("to",) if shipped else ())), "")
    defaults = reader.table(data.get("defaults", {}), "defaults")
    source = reader.text(data.get("source", name), "source")
    if not _SOURCE.fullmatch(source):
        raise reader.wrong(_("'{name}' can't name a source").format(name=source[:80]))
    entries = data.get("sheet", [])
    if not isinstance(entries, list) or len(entries) > _MOST_SHEETS:
        raise reader.wrong(_("{key} must be a list of tables: [[sheet]]").format(key="sheet"))
    return SystemMapping(
        name,
        source,
        tuple(reader.sheet(entry) for entry in entries),
        reader.text(data.get("title", ""), "title"),
        reader.text(data.get("timezone", ""), "timezone"),
        reader.text(data.get("format", ""), "format"),
        reader.texts(data.get("export", {}), "export"),
        reader.texts(data.get("people", {}), "people"),
        {key: reader.names(value, f"defaults.{key}") for key, value in defaults.items()},
        day_first=reader.truth(data.get("day_first"), "day_first"),
        outgoing=reader.outgoing(data["to"]) if "to" in data else None,
    )


class _Reader:
    """Reads the parts of a mapping; mistakes name the file and the key."""

    def __init__(self, path: str, *, shipped: bool) -> None:
        self.path, self._shipped = path, shipped

    def wrong(self, message: str, hint: str = "") -> CrmError:
        return cannot("mapping", message, hint, Place(self.path))

    def known(self, table: Mapping[str, object], keys: Iterable[str], where: str) -> None:
        for key in table:
            if key not in keys:
                message = _("unknown setting '{key}' in {where}").format(key=key[:80], where=where or self.path)
                raise self.wrong(message, did_you_mean(nearest(key, keys)))

    def text(self, value: object, key: str) -> str:
        if not isinstance(value, str):
            raise self.wrong(_("{key} must be a text").format(key=key))
        return value

    def truth(self, value: object, key: str) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        raise self.wrong(_("{key} must be true or false").format(key=key))

    def table(self, value: object, key: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(_("{key} must be a table").format(key=key))
        return value

    def texts(self, value: object, key: str) -> Mapping[str, str]:
        return {name: self.text(text, f"{key}.{name}") for name, text in self.table(value, key).items()}

    def names(self, value: object, key: str) -> tuple[str, ...]:
        """A text, or a list of texts."""
        return tuple(self.text(text, key) for text in (value if isinstance(value, list) else [value]))

    def sheet(self, value: object) -> SheetMapping:
        entry = self.table(value, "sheet")
        self.known(entry, (*_SHEET_KEYS, *(("to",) if self._shipped else ())), "[[sheet]]")
        kind = self.text(entry.get("is", "customers"), "is")
        if kind not in OBJECTS:
            known = _("one of: {values}").format(values=_(", ").join(OBJECTS))
            message = _("unknown value '{value}' for {key}").format(value=kind[:80], key="is")
            raise self.wrong(message, did_you_mean(nearest(kind, OBJECTS), known))
        when = self.table(entry.get("when", {}), "when")
        self.known(when, ("headers", "file", *(("groups",) if self._shipped else ())), "when")
        headers = when.get("headers", [])
        if not isinstance(headers, list):
            raise self.wrong(_("{key} must be a list").format(key="when.headers"))
        columns = {name: self.target(to, name) for name, to in self.table(entry.get("columns", {}), "columns").items()}
        drops = {name: Target("") for name in self.names(entry.get("drop", []), "drop")}
        ids = self.names(entry.get("id", []), "id")
        return SheetMapping(
            kind,
            tuple(self.names(header, "when.headers") for header in headers),
            self.text(when.get("file", ""), "when.file"),
            ids,
            tuple(self.joins(entry.get("of", []))),
            {key: self.names(v, "leave_out") for key, v in self.table(entry.get("leave_out", {}), "leave_out").items()},
            {**drops, **columns},
            {key: self.texts(v, key) for key, v in self.table(entry.get("values", {}), "values").items()},
            tuple(self.output(one, (*ids[:1], *columns)) for one in entry.get("to", [])),
            self.names(when.get("groups", []), "when.groups"),
        )

    def outgoing(self, value: object) -> Outgoing:
        entry = self.table(value, "to")
        self.known(entry, _OUTGOING_KEYS, "to")
        return Outgoing(
            self.text(entry.get("ending", "csv"), "to.ending"),
            self.text(entry.get("language", "en"), "to.language"),
            int(entry["rows"]),
            self.texts(entry.get("load", {}), "to.load"),
            int(entry.get("columns", 0)),
        )

    def output(self, value: object, every: tuple[str, ...]) -> Output:
        entry = self.table(value, "sheet.to")
        self.known(entry, _OUTPUT_KEYS, "sheet.to")
        only = self.table(entry.get("only", {}), "only")
        return Output(
            self.text(entry.get("file"), "file"),
            self.names(entry.get("columns", [*every]), "columns"),
            self.text(entry.get("customer", ""), "customer"),
            self.text(entry.get("contact", ""), "contact"),
            {key: self.names(values, f"only.{key}") for key, values in only.items()},
            self.texts(entry.get("reads", {}), "reads"),
            self.texts(entry.get("fixed", {}), "fixed"),
            self.names(entry.get("words", []), "words"),
            self.names(entry.get("avoid", []), "avoid"),
            self.text(entry.get("rows", ""), "rows"),
            self.names(entry.get("mobile", []), "mobile"),
            self.texts(entry.get("groups", {}), "groups"),
        )

    def target(self, value: object, column: str) -> Target:
        if value is False:
            return Target("")
        if isinstance(value, str):
            return Target(value)
        entry = self.table(value, column)
        self.known(entry, ("to", "values"), column)
        return Target(self.text(entry.get("to", ""), f"{column}.to"), self.texts(entry.get("values", {}), "values"))

    def joins(self, value: object) -> Iterable[Join]:
        for item in value if isinstance(value, list) else [value]:
            entry = self.table(item, "of")
            self.known(entry, ("column", "by"), "of")
            by = self.text(entry.get("by", "name"), "of.by")
            if by not in WAYS:
                known = _("one of: {values}").format(values=_(", ").join(WAYS))
                raise self.wrong(_("unknown value '{value}' for {key}").format(value=by[:80], key="of.by"), known)
            for column in self.names(entry.get("column", ""), "of.column"):
                yield Join(column, by)


def text(mapping: SystemMapping) -> str:
    """Return the text of a saved mapping, the same for the same mapping."""
    lines = [f"source = {_quoted(mapping.source)}"]
    lines += [f"{key} = {_quoted(v)}" for key in ("title", "timezone", "format") if (v := str(getattr(mapping, key)))]
    lines += [f"day_first = {str(mapping.day_first).lower()}"] if mapping.day_first is not None else []
    for key in ("export", "people"):
        lines += _table(f"[{key}]", table) if (table := getattr(mapping, key)) else []
    if mapping.defaults:
        defaults = (f"{_quoted(path)} = {_one_or_list(values)}" for path, values in mapping.defaults.items())
        lines += ["", "[defaults]", *defaults]
    for sheet in mapping.sheets:
        lines += ["", "[[sheet]]", f"is = {_quoted(sheet.object)}"]
        when = [f"headers = {_list([*map(_one_or_list, sheet.headers)])}"] if sheet.headers else []
        when += [f"file = {_quoted(sheet.file)}"] if sheet.file else []
        lines += [f"when = {{ {', '.join(when)} }}"] if when else []
        lines += [f"id = {_one_or_list(sheet.id)}"] if sheet.id else []
        joins = [f"{{ column = {_quoted(join.column)}, by = {_quoted(join.by)} }}" for join in sheet.of]
        lines += [f"of = {joins[0] if len(joins) == 1 else _list(joins)}"] if joins else []
        left = [f"{_quoted(key)} = {_list(map(_quoted, values))}" for key, values in sheet.leave_out.items()]
        lines += [f"leave_out = {{ {', '.join(left)} }}"] if left else []
        if sheet.columns:
            lines += ["[sheet.columns]", *(f"{_quoted(key)} = {_target(to)}" for key, to in sheet.columns.items())]
        for field, values in sheet.values.items():
            lines += _table(f"[sheet.values.{_quoted(field)}]", values)[1:]
    return "\n".join(lines) + "\n"


def _table(head: str, entries: Mapping[str, str]) -> list[str]:
    return ["", head, *(f"{_quoted(key)} = {_quoted(value)}" for key, value in entries.items())]


def _target(target: Target) -> str:
    if not target.to:
        return "false"
    if not target.values:
        return _quoted(target.to)
    values = ", ".join(f"{_quoted(key)} = {_quoted(value)}" for key, value in target.values.items())
    return f"{{ to = {_quoted(target.to)}, values = {{ {values} }} }}"


def _one_or_list(names: tuple[str, ...]) -> str:
    return _quoted(names[0]) if len(names) == 1 else _list(map(_quoted, names))


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def _quoted(text: str) -> str:
    """A text as a basic string of TOML."""
    short = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(short.get(s, s if s.isprintable() else f"\\U{ord(s):08x}") for s in text) + '"'
