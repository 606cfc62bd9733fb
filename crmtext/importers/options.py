"""The options of `crmtext import`, as typed."""

from __future__ import annotations

from typing import NamedTuple


class ReadOptions(NamedTuple):
    """How to read the files."""

    #: The only sheet to read of workbooks; empty for all.
    sheet: str = ""
    encoding: str = ""
    #: The row number of the header; 0 to find it.
    header_row: int = 0
    #: Whether `01/02/2024` is the first of February.
    day_first: bool = False


class Options(NamedTuple):
    """The import as typed; pairs hold both sides of an equals sign."""

    sources: tuple[str, ...]
    read: ReadOptions = ReadOptions()
    #: The profile or saved mapping; empty to detect it.
    profile: str = ""
    #: Columns with their fields.
    maps: tuple[tuple[str, str], ...] = ()
    drops: tuple[str, ...] = ()
    #: The name under which to save the mapping.
    save: str = ""
    #: Fields with a value, or `@COLUMN`.
    defaults: tuple[tuple[str, str], ...] = ()
    #: Names in the files with the colleagues they mean.
    people: tuple[tuple[str, str], ...] = ()
    #: `list`, `ours` or `theirs`.
    on_conflict: str = "list"
    #: Rows with the ids of the customers that they are.
    same: tuple[tuple[str, str], ...] = ()
    #: Rows that are no duplicates; `all` stands for all.
    not_same: tuple[str, ...] = ()
    partial: bool = False
    where: str = ""
