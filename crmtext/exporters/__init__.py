"""Exports: what each format is called, and where its writer is. A new format is a module and a line in `FORMATS`."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmtext.exporters.export import Export
    from crmtext.exporters.output import Folder


class FileWriter(Protocol):
    """Writes an export to one file, which may be stdout."""

    def __call__(self, export: Export, file: BinaryIO) -> None:
        """Write the export."""


class FolderWriter(Protocol):
    """Writes an export to the files of a folder."""

    def __call__(self, export: Export, folder: Folder) -> None:
        """Write the export."""


class Format(NamedTuple):
    """A format of exports; writers are `module:function`, so that none is imported before it is used."""

    file: str
    #: Writes a folder; empty if the format is one file.
    folder: str = ""
    #: Whether a terminal can show it, and a pipe gets it while it is written.
    is_text: bool = True
    #: Whether headers are labels if the user doesn't choose.
    labels: bool = False
    #: Whether it has tables, of which `--columns` makes one.
    has_columns: bool = False
    #: The only fields whose values it shows; empty for all.
    fields: str = ""
    #: Other endings of its files.
    endings: tuple[str, ...] = ()


#: The formats by name, which is also the ending of their files.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format(
            "crmtext.exporters.delimited:write_csv", "crmtext.exporters.delimited:write_csv_folder", has_columns=True
        ),
        "tsv": Format(
            "crmtext.exporters.delimited:write_tsv", "crmtext.exporters.delimited:write_tsv_folder", has_columns=True
        ),
        "xlsx": Format("crmtext.exporters.xlsx:write", is_text=False, labels=True, has_columns=True),
        "json": Format("crmtext.exporters.json_file:write"),
        "jsonl": Format("crmtext.exporters.json_file:write_lines"),
        "sqlite": Format("crmtext.exporters.sqlite:write", is_text=False, endings=("db", "sqlite3")),
        "vcf": Format("crmtext.exporters.vcard:write", fields="crmtext.exporters.vcard:FIELDS"),
        "ics": Format("crmtext.exporters.calendar:write", fields="crmtext.exporters.calendar:FIELDS"),
    }
)
#: The formats by the endings of their files.
BY_ENDING: Mapping[str, str] = MappingProxyType(
    {ending: name for name, form in FORMATS.items() for ending in (name, *form.endings)}
)


def file_writer(form: str) -> FileWriter:
    """Return the writer of a format's file."""
    writer: FileWriter = _loaded(FORMATS[form].file)
    return writer


def folder_writer(form: str) -> FolderWriter:
    """Return the writer of a format's folder."""
    writer: FolderWriter = _loaded(FORMATS[form].folder)
    return writer


def fields_of(form: str) -> tuple[str, ...]:
    """Return the paths of the only fields whose values a format shows; empty for all."""
    paths: tuple[str, ...] = _loaded(FORMATS[form].fields) if FORMATS[form].fields else ()
    return paths


def _loaded(target: str) -> Any:
    module, _colon, name = target.partition(":")
    return getattr(import_module(module), name)
