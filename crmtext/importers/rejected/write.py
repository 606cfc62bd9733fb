"""Files of rejected rows in `import-rejected/`: in the form of their source, with the reasons in three last columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.disk import files
from crmtext.i18n import _, plural
from crmtext.importers.columns.headers import norm
from crmtext.importers.columns.values import split
from crmtext.importers.findings import RowRef
from crmtext.importers.options import Options, command
from crmtext.importers.rejected import texts
from crmtext.importers.rejected.rows import Aside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.importers.findings import BadCell
    from crmtext.importers.plan.plan import Plan

#: The folder in the store; git ignores all in it.
FOLDER = "import-rejected"
_BOOKS = ("xlsx", "xls", "ods")


def write(plan: Plan) -> Iterator[str]:
    """Write the rows with a reason, a file for each file of the source, and yield a line about each."""
    root = plan.store.root
    reasons: dict[RowRef, list[BadCell]] = {}
    for cell in (*plan.findings.rejected.values(), *plan.findings.cells):
        reasons.setdefault(cell.at, []).append(cell)
    by_source: dict[str | int, list[Aside]] = {}
    for table in plan.understanding.tables:
        rows = (RowRef(table.file, row.number) for row in table.rows)
        own = Aside(table, {at.row: reasons[at] for at in rows if at in reasons})
        by_source.setdefault(table.sheet.path if table.sheet.name else table.file, []).append(own)
    names: set[str] = set()
    for asides in by_source.values():
        number = sum(len(aside.reasons) for aside in asides)
        if not number:
            continue
        ending, content = _content(asides)
        files.make_folder(root / FOLDER, within=root)
        ignore = root / FOLDER / ".gitignore"
        if files.read(ignore, within=root) is None:
            files.write(ignore, b"*\n", None, within=root)
        target = root / FOLDER / _name(asides[0].table.sheet.path, ending, names)
        files.write(target, content, files.read(target, within=root), within=root)
        shown = f"{FOLDER}/{target.name}"
        yield plural("{n} row set aside: {path}", "{n} rows set aside: {path}", number, path=shown)
        yield "  " + _("fix them there, then: {command}").format(command=command(_options(plan, asides), [shown]))


def _options(plan: Plan, asides: Sequence[Aside]) -> Options:
    """The options with which a file of rejected rows is read as its source was."""
    typed, tables = plan.options, plan.understanding.tables
    columns = {norm(column.name) for aside in asides for column in aside.table.columns}
    profile = typed.save or typed.profile
    if not profile and plan.understanding.profile is None and len(tables) > len(asides):
        # The name of the source is made of the headers of all files.
        profile = plan.understanding.source
    if typed.save:
        return Options((), typed.read, profile)
    return Options(
        (),
        typed.read,
        profile,
        tuple((column, field) for column, field in typed.maps if norm(column) in columns),
        tuple(column for column in typed.drops if norm(column) in columns),
        defaults=tuple(one for one in typed.defaults if one[1][:1] != "@" or norm(one[1][1:].strip("'\"")) in columns),
        meanings=tuple(one for one in typed.meanings if split(one[0], columns)),
        people=typed.people,
    )


def _content(asides: Sequence[Aside]) -> tuple[str, bytes]:
    """The ending of the file, empty if it is its source's, and the file; all sheets of a workbook keep their header."""
    form = asides[0].table.sheet.format
    if form in _BOOKS:
        # Loaded where rows are rejected only: it takes 70 ms.
        from crmtext.importers.rejected.workbook import workbook

        return "xlsx", workbook(asides)
    if form in ("json", "jsonl"):
        asides = [aside for aside in asides if aside.reasons]
        lines = form == "jsonl" and not any(aside.table.sheet.name for aside in asides)
        return "jsonl" if lines else "json", texts.objects(asides, lines=lines)
    return ("vcf", texts.cards(asides[0])) if form == "vcf" else ("", texts.delimited(asides[0]))


def _name(path: str, ending: str, taken: set[str]) -> str:
    """The file's name: that of the source with this ending; a number if another file has it."""
    source = path.replace("\\", "/").rpartition("/")[2].lstrip(".")
    stem, dot, own = source.rpartition(".")
    stem = (stem if dot else own).strip("-") or "stdin"
    ending = ending or (own if dot else "") or "csv"
    name, number = f"{stem}.{ending}", 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}.{ending}"
    taken.add(name.casefold())
    return name
