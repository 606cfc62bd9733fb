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
    from crmtext.importers.mapping import Understanding
    from crmtext.store import Store


def listed(store: Store) -> Table:
    """The shipped profiles and the saved mappings."""
    mappings = (*mapping_file.profiles().values(), *mapping_file.saved(store).values())
    columns = (
        Column("name", _("name"), fixed=True),
        Column("title", _("system")),
        Column("sheets", _("sheets")),
        Column("known_from", _("known from")),
    )
    rows = tuple(
        (one.name, one.title, _(", ").join(dict.fromkeys(sheet.object for sheet in one.sheets)), _known_from(one))
        for one in mappings
    )
    documents = [
        {"name": one.name, "title": one.title, "source": one.source, "saved": one.saved, "format": one.format}
        for one in mappings
    ]
    return Table(columns, rows, {"schema": 1, "profiles": documents})


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
    entries = [(sheet.object, column, to.to) for sheet in mapping.sheets for column, to in sheet.columns.items()]
    rows = tuple((kind, column, typed_path(names, to) if to else _("not imported")) for kind, column, to in entries)
    documents = [{"object": kind, "column": column, "field": to or None} for kind, column, to in entries]
    return Table(columns, rows, {"schema": 1, "name": mapping.name, "source": mapping.source, "columns": documents})


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
        defaults=understanding.defaults,
        saved=True,
    )


def _known_from(mapping: SystemMapping) -> str:
    if mapping.saved:
        return mapping.path
    return _("real exports") if mapping.format == "export" else _("the documented format")
