"""`crmtext import --list` and `--show`: the known mappings, and where each column of one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.answer import Column, Table
from crmtext.i18n import _
from crmtext.importers.columns import mapping_file
from crmtext.importers.columns.fields import typed_path
from crmtext.importers.columns.mapping_file import SheetMapping, SystemMapping, Target
from crmtext.importers.columns.names import Names
from crmtext.problem import usage
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.importers.mapping import Understanding
    from crmtext.store import Store


def listed(store: Store) -> Table:
    """The shipped profiles and the saved mappings."""
    mappings = (*mapping_file.profiles().values(), *mapping_file.saved(store).values())
    columns = (
        Column("name", _("name"), fixed=True),
        Column("title", _("system")),
        Column("sheets", _("sheets"), right=True),
        Column("known_from", _("known from")),
    )
    objects = [[*dict.fromkeys(sheet.object for sheet in one.sheets)] for one in mappings]
    rows = tuple(
        (one.name, one.title, str(len(kinds)), known_from(one)) for one, kinds in zip(mappings, objects, strict=True)
    )
    documents = [
        {"name": one.name, "title": one.title, "source": one.source, "saved": one.saved, "format": one.format,
         "objects": kinds}
        for one, kinds in zip(mappings, objects, strict=True)
    ]  # fmt: skip
    note = _("where the columns of one go: {command}").format(command="crmtext import --show NAME")
    return Table(columns, rows, {"schema": 1, "profiles": documents}, note)


def shown(store: Store, name: str) -> Table:
    """Where each column of a profile or a saved mapping goes. Raises CrmError for an unknown name."""
    own, shipped = mapping_file.saved(store), mapping_file.profiles()
    mapping = own.get(name) or shipped.get(name)
    if mapping is None:
        message = _("unknown profile '{name}'").format(name=name[:80])
        near = nearest(name, sorted({*own, *shipped}))
        raise usage("unknown-profile", message, did_you_mean(near, _("see: crmtext import --list")))
    names = Names(store.schema)
    columns = (Column("sheet", _("sheet")), Column("column", _("column")), Column("field", _("field")))
    rows: list[tuple[str, ...]] = []
    for sheet in mapping.sheets:
        above: Mapping[str, str] = {}
        for column, target in sheet.columns.items():
            rows.append((sheet.object, column, typed_path(names, target.to) if target.to else _("not imported")))
            values = meanings(sheet, target)
            rows += [(sheet.object, f"  {value}", f"= {to or '-'}") for value, to in values.items() if values != above]
            above = values
    documents = [
        {"object": sheet.object, "column": column, "field": target.to or None, "values": meanings(sheet, target)}
        for sheet in mapping.sheets
        for column, target in sheet.columns.items()
    ]
    return Table(
        columns, tuple(rows), {"schema": 1, "name": mapping.name, "source": mapping.source, "columns": documents}
    )


def meanings(sheet: SheetMapping, target: Target) -> Mapping[str, str]:
    """Return the values of a column with their meanings, besides the schema's names; an empty one is left out."""
    return {**sheet.values.get(target.to, {}), **target.values}


def to_save(understanding: Understanding, name: str) -> SystemMapping:
    """Return the mapping of an import under a name: its text goes to the mapping's path."""
    sheets = tuple(
        SheetMapping(
            table.object,
            tuple((column.name,) for column in table.columns if column.field and column.how != "custom")[:3],
            "",
            (table.id,) if table.id else (),
            table.joins,
            table.leave_out,
            {column.name: Target(column.field, column.values) for column in table.columns},
            table.values,
        )
        for table in understanding.tables
    )
    source = understanding.source if understanding.profile else name
    return SystemMapping(
        mapping_file.check_name(name),
        source,
        sheets,
        timezone=understanding.timezone,
        people=understanding.people,
        defaults={
            path: tuple(dict.fromkeys(default.typed for default in defaults))
            for path, defaults in understanding.defaults.items()
        },
        saved=True,
        day_first=understanding.day_first,
    )


def known_from(mapping: SystemMapping) -> str:
    """Return where a mapping's columns are known from."""
    if mapping.saved:
        return mapping.path
    names = {"export": _("real exports"), "headers": _("the headers of real exports")}
    return names.get(mapping.format, _("the documented format"))
