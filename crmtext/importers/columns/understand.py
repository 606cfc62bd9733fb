"""Sheets as tables whose columns are mapped: the second step of an import."""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from crmtext.i18n import _
from crmtext.importers.columns import body, detect, fields, header, mapping_file, objects, questions, values
from crmtext.importers.columns.headers import norm, plain
from crmtext.importers.columns.match import Matcher
from crmtext.importers.columns.names import SEALED, Names
from crmtext.importers.findings import RowRef
from crmtext.importers.mapping import SHEET_SOURCE, Default, Join, LeftOut, Table, Understanding
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmtext.importers.columns.header import Head
    from crmtext.importers.columns.mapping_file import SheetMapping
    from crmtext.importers.findings import Findings
    from crmtext.importers.mapping import Column
    from crmtext.importers.options import Options
    from crmtext.importers.sheet import Row, Sheet
    from crmtext.store import Store

#: How many values say what a column holds.
_SOME = 50
#: The source of our own export.
_OWN = "crmtext"


class _Part(NamedTuple):
    """A sheet with its header."""

    file: int
    sheet: Sheet
    head: Head


def understand(sheets: Sequence[Sheet], store: Store, options: Options, findings: Findings) -> Understanding:
    """Return the tables of sheets. Raises CrmError for unknown columns, fields and profiles."""
    names = Names(store.schema)
    saved = mapping_file.saved(store)
    known = names.known | _mapped_names((*mapping_file.profiles().values(), *saved.values()))
    known |= {norm(column) for column, _field in options.maps}
    own = tuple(_whole(at, sheet) for at, sheet in enumerate(sheets) if sheet.records)
    parts, ignored = _headed(sheets, known, options)
    headed = [detect.Headed.of(part.sheet, part.head) for part in parts]
    source = options.profile if SHEET_SOURCE.fullmatch(options.profile) else ""
    detected = detect.detect(headed, {} if source else saved, "" if source else options.profile, names.known)
    _check_columns(parts, options)
    pairs = zip(parts, detected.kinds, strict=True)
    tables = [_table(part, kinds, names, store, options, findings) for part, kinds in pairs]
    named = tuple(filter(_names_customers, tables))
    why = _("no column with the customer's name; if it has one: --map 'COLUMN=name'")
    for table in tables:
        if not _names_customers(table):
            ignored += ((table.sheet.path, table.sheet.name, why),)
            # No row of it is read, so none is left out.
            for row in table.left_out:
                del findings.left_out[RowRef(table.file, row.row)]
    mapping = detected.saved or detected.profile
    defaults = _defaults(mapping, options, names, parts)
    _check_defaults(defaults, named)
    people = dict(mapping.people) if mapping else {}
    return Understanding(
        mapping.source if mapping else source or options.save or (_source(parts) if parts or not own else _OWN),
        mapping.name if mapping else None,
        tuple(sorted((*named, *own), key=lambda table: table.file)),
        ignored,
        {**people, **_people(store, options)},
        defaults,
        mapping.timezone if mapping else "",
        (mapping.day_first if mapping else None) if options.read.day_first is None else options.read.day_first,
        _source(parts) if parts and not detected.profile else "",
    )


def _whole(at: int, sheet: Sheet) -> Table:
    """Our own export: its records need no columns."""
    header, *rows = sheet.rows
    return Table(at, sheet, "customers", header.number, (), tuple(rows), width=len(header.cells), start=1)


def _mapped_names(mappings: Iterable[mapping_file.SystemMapping]) -> frozenset[str]:
    columns = (column for mapping in mappings for sheet in mapping.sheets for column in sheet.columns)
    return frozenset(map(norm, columns)) - {""}


def _headed(
    sheets: Sequence[Sheet], known: frozenset[str], options: Options
) -> tuple[list[_Part], tuple[tuple[str, str, str], ...]]:
    """The sheets with their headers, and those that are left out with the reason."""
    parts, ignored = [], []
    for at, sheet in enumerate(sheets):
        if sheet.records:
            continue
        if options.read.sheet and sheet.name and sheet.name != options.read.sheet:
            continue
        if sheet.hidden and sheet.name != options.read.sheet:
            ignored.append((sheet.path, sheet.name, _("hidden; import it with --sheet {name}").format(name=sheet.name)))
            continue
        head = header.find(sheet, known, options.read.header_row)
        if head is None and options.read.header_row and len(sheets) == 1:
            message = _("row {row} of {file} is empty or missing").format(row=options.read.header_row, file=sheet.path)
            raise usage("header-row", message)
        if head is None:
            empty = not any(map(header.filled, sheet.rows))
            why = _("empty") if empty else _("no header row; if it has one, give its number: --header-row N")
            ignored.append((sheet.path, sheet.name, why))
        else:
            parts.append(_Part(at, sheet, head))
    return parts, tuple(ignored)


def _check_columns(parts: Sequence[_Part], options: Options) -> None:
    """Raise the error for a typed column that no sheet has."""
    headers = {norm(name): name for part in parts for name in part.head.names if name}
    for column in (*(column for column, _field in options.maps), *options.drops):
        if norm(column) not in headers:
            raise unknown_column(column, headers.values())
    for typed, _ours in options.meanings:
        if not values.split(typed, headers):
            raise unknown_column(re.split("[:：]", typed)[0], headers.values())


def unknown_column(column: str, known: Iterable[str]) -> Exception:
    """Return the error for a column that the files don't have."""
    names = list(known)
    message = _("no column '{column}' in the files").format(column=column[:80])
    some = _("columns: {names}").format(names=_(", ").join(names[:20]))
    return usage("unknown-column", message, did_you_mean(nearest(column, names, loose=True), some))


def _defaults(
    mapping: mapping_file.SystemMapping | None, options: Options, names: Names, parts: Sequence[_Part]
) -> Mapping[str, tuple[Default, ...]]:
    """The defaults by field: typed columns, saved ones, then the value. Raises CrmError for two typed values."""
    every: dict[str, list[Default]] = {}
    for typed, value in options.defaults:
        path = fields.field_path(names, "customers", typed)
        every.setdefault(path, []).append(Default(path, _default(value, parts)))
    for path, defaults in every.items():
        fixed = list(dict.fromkeys(default.typed for default in defaults if not default.column))
        if len(fixed) > 1:
            message = _("'{field}' has several defaults: {values}").format(field=path, values=_(", ").join(fixed))
            raise usage("default-value", message, _("type one value; only columns add up: @COLUMN"))
    for path, values_ in mapping.defaults.items() if mapping else ():
        every.setdefault(path, []).extend(Default(path, value, mapping.path) for value in values_)  # type: ignore[union-attr]
    # A value is for rows without one in the columns; that of an option goes first.
    return {path: tuple(sorted(defaults, key=lambda default: not default.column)) for path, defaults in every.items()}


def _check_defaults(defaults: Mapping[str, Sequence[Default]], tables: Iterable[Table]) -> None:
    """Raise the error for a default from a column that no customer has a value of."""
    columns = [(norm(column.name), column.field, table.object) for table in tables for column in table.columns]
    for path, column in ((one.field, one.column) for every in defaults.values() for one in every if one.column):
        having = [(field, kind) for name, field, kind in columns if name == norm(column)]
        message = _("the default of '{field}' can't be column '{column}': {why}")
        if any(field in SEALED for field, _kind in having):
            why = _("its values can be stored only sealed")
        elif having and not any(kind in ("customers", "contacts", "leads") for _field, kind in having):
            why = _("its sheet has no customers")
        else:
            continue
        fix = _("name a column of the customers, or type a value: {option}").format(option=f"--default {path}=VALUE")
        raise usage("default-value", message.format(field=path, column=column, why=why), fix)


def _default(value: str, parts: Sequence[_Part]) -> str:
    """A default as typed; a column that it names is spelled as in the header."""
    if not value.startswith("@"):
        return value
    headers = {norm(name): name for part in parts for name in part.head.names if name}
    column = value[1:].strip("'\"")
    if norm(column) not in headers:
        raise unknown_column(column, headers.values())
    return f"@{headers[norm(column)]}"


def _people(store: Store, options: Options) -> Mapping[str, str]:
    """The typed names with the handles that they mean."""
    people = {}
    for name, typed in options.people:
        if typed == values.NONE:
            people[name] = typed
            continue
        member = store.settings.member(typed)
        if member is None:
            team = _("team: {handles}").format(handles=store.settings.everybody or "-")
            message = _("'{handle}' is not on the team list").format(handle=typed)
            raise usage("team-member", message, did_you_mean(nearest(typed, store.settings.team, loose=True), team))
        people[name] = member.handle
    return people


def _table(
    part: _Part,
    kinds: tuple[SheetMapping | None, SheetMapping | None],
    names: Names,
    store: Store,
    options: Options,
    findings: Findings,
) -> Table:
    """A sheet as a table with its columns mapped."""
    saved, profile = kinds
    headers = part.head.names
    kind = (saved or profile).object if saved or profile else objects.object_of(headers, names)  # type: ignore[union-attr]
    if saved:
        _check_saved(saved, part)
    mine = {norm(name) for name in headers}
    matcher = Matcher(
        names,
        kind,
        saved,
        profile,
        {norm(c): fields.field_path(names, kind, f) for c, f in options.maps if norm(c) in mine},
        frozenset(map(norm, options.drops)),
    )
    columns = matcher.columns(headers, part.head.groups)
    layers = [sheet for sheet in kinds if sheet]
    ids, joins = _identity(layers, columns, kind, headers, names)
    below = body.read(part.sheet, part.head)
    columns = tuple(
        column._replace(how="saved" if saved else "profile")
        if column.how == "dropped" and layers and column.name in {ids, *(join.column for join in joins)}
        else column
        for column in columns
    )
    columns = tuple(
        column._replace(field="") if column.field == "id" and not _own_ids(column, below.rows, store) else column
        for column in columns
    )
    columns = questions.settle(columns, below.rows, matcher, store, options, findings)
    columns = values.with_meanings(columns, options, names)
    leave_out = _present({name: v for sheet in reversed(layers) for name, v in sheet.leave_out.items()}, headers)
    rows, deleted = _left(below.rows, leave_out, columns)
    left_out = tuple(sorted((*below.left_out, *deleted)))
    for row in left_out:
        findings.left_out[RowRef(part.file, row.row)] = row.why
    _report(matcher, part.sheet, findings)
    meanings = {path: table for sheet in reversed(layers) for path, table in sheet.values.items()}
    head = part.head
    return Table(
        part.file, part.sheet, kind, head.row, columns, rows, left_out, ids, joins, leave_out, meanings,
        len(head.names), head.start,
    )  # fmt: skip


def _names_customers(table: Table) -> bool:
    """Whether rows of a table can name a customer, or find the one that they belong to."""
    named = any(
        column.field in ("name", "contacts.name", "@first_name", "@last_name", "@full_name") for column in table.columns
    )
    return named or bool(table.joins) or table.object == "users" or bool(table.object != "customers" and table.id)


def _check_saved(saved: SheetMapping, part: _Part) -> None:
    """Raise the error for a mapped column that has disappeared."""
    headed = detect.Headed.of(part.sheet, part.head)
    mapped = {norm(column) for column in saved.columns}
    free = [name for name in part.head.names if name and norm(name) not in mapped]
    for column in saved.columns:
        if not headed.has(column):
            message = _("the saved mapping has the column '{column}', which {file} lacks").format(
                column=column, file=part.sheet.path
            )
            hint = _("rename it in the mapping, or take it out")
            raise usage("unknown-column", message, did_you_mean(nearest(column, free, loose=True), hint))


def _identity(
    layers: Sequence[SheetMapping], columns: Sequence[Column], kind: str, headers: Sequence[str], names: Names
) -> tuple[str, tuple[Join, ...]]:
    """The column with the row's id, and the ways to find the row's customer."""
    by_name = {norm(header): header for header in headers if header}
    ids = [by_name[norm(name)] for sheet in layers for name in sheet.id if norm(name) in by_name]
    joins = [Join(by_name[norm(j.column)], j.by) for sheet in layers for j in sheet.of if norm(j.column) in by_name]
    own = "id" if kind in ("customers", "leads") else f"{kind}.id"
    ids += [column.name for column in columns if column.field == own and not layers]
    if kind not in ("customers", "leads", "users") and not layers:
        joins += objects.joins(headers, kind, names)
    if kind not in ("customers", "leads", "users"):
        joins += [Join(column.name, "name") for column in columns if column.field == "name"]
    if not layers:
        # A name comes before the number or address of one who may be its contact.
        joins.sort(key=lambda join: join.by in ("phone", "email"))
    return (ids[0] if ids else ""), tuple(dict.fromkeys(joins))


def _own_ids(column: Column, rows: Sequence[Row], store: Store) -> bool:
    """Whether the first values of a column have the form of our ids; else they are those of another system."""
    pattern = str(store.schema.by_path["id"].resolved.get("pattern", ""))
    cells = (str(row.cells[column.position]) for row in rows if column.position < len(row.cells))
    some = [*islice((cell for cell in cells if cell not in ("", "None")), _SOME)]
    return all(re.search(pattern, cell) for cell in some)


def _present(table: Mapping[str, tuple[str, ...]], headers: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    by_name = {norm(header): header for header in headers if header}
    return {by_name[norm(name)]: values for name, values in table.items() if norm(name) in by_name}


def _left(
    rows: Sequence[Row], leave_out: Mapping[str, tuple[str, ...]], columns: Sequence[Column]
) -> tuple[tuple[Row, ...], tuple[LeftOut, ...]]:
    """The rows without those that the mapping leaves out, and these, with the value that says so."""
    at = {column.name: column.position for column in columns}
    tests = [(name, at[name], frozenset(map(norm, values))) for name, values in leave_out.items() if name in at]
    if not tests:
        return tuple(rows), ()
    kept, left = [], []
    for row in rows:
        cells = row.cells
        for name, place, gone in tests:
            if place < len(cells) and norm(value := header.text(cells[place])) in gone:
                left.append(LeftOut(row.number, f"{name}={value}"))
                break
        else:
            kept.append(row)
    return tuple(kept), tuple(left)


def _report(matcher: Matcher, sheet: Sheet, findings: Findings) -> None:
    """Say which columns can't be own fields."""
    for column in matcher.unnameable:
        shown = (plain(column) or column)[:40]
        message = _("{file}: column '{column}' left out: its name can't be an own field").format(
            file=sheet.path, column=shown
        )
        findings.warnings.append(message)


def _source(parts: Sequence[_Part]) -> str:
    """The name of a source without a mapping: its headers decide, in any order of the files and columns."""
    texts = sorted("\n".join(sorted(map(norm, part.head.names))) for part in parts)
    return f"sheet-{sha256(chr(0).join(texts).encode()).hexdigest()[:6]}"
