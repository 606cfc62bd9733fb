"""Files of rejected rows in `import-rejected/`: in the form of their source, with the reasons in three last columns."""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

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
    from crmtext.importers.plan.result import Plan

#: The folder in the store; git ignores all in it.
FOLDER = "import-rejected"
#: The folder's `.gitignore`: customers' data that nobody has checked isn't committed.
_IGNORE = b"*\n"
#: The file in the folder with what was written there: a line for each file, with two hashes and its name.
_WRITTEN = ".written"
#: The largest file of rejected rows that is compared.
_LARGEST = 1 << 30
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
    shelf = _Shelf(root)
    for asides in by_source.values():
        number = sum(len(aside.reasons) for aside in asides)
        if not number:
            continue
        ending, content = _content(asides)
        name, kept = shelf.put(asides[0].table.sheet.path, ending, content)
        shown = f"{FOLDER}/{name}"
        yield plural("{n} row set aside: {path}", "{n} rows set aside: {path}", number, path=shown)
        if kept:
            paths = _(", ").join(f"{FOLDER}/{one}" for one in kept)
            yield "  " + _("not overwritten, because it was edited or is of another file: {paths}").format(paths=paths)
        yield "  " + _("fix them there, then: {command}").format(command=command(_options(plan, asides), [shown]))


class _Written(NamedTuple):
    """A file of rejected rows as it was written."""

    #: SHA-256 of its content, and of the path of its source.
    content: str
    source: str


class _Shelf:
    """The folder of rejected rows: a file that was edited since, or that another source has, stays as it is."""

    def __init__(self, root: Path) -> None:
        self._root, self._folder = root, root / FOLDER
        #: By name without case, as some systems keep them.
        self._written: dict[str, _Written] = {}
        self._taken: set[str] = set()
        for line in (files.read(self._folder / _WRITTEN, within=root) or b"").decode("utf-8", "replace").splitlines():
            content, _blank, rest = line.partition(" ")
            source, _blank, name = rest.partition(" ")
            self._written[name] = _Written(content, source)

    def put(self, source: str, ending: str, content: bytes) -> tuple[str, list[str]]:
        """Write the rows of a source and return the file's name, and the names of files that had to stay."""
        files.make_folder(self._folder, within=self._root)
        ignore = self._folder / ".gitignore"
        if (have := files.read(ignore, within=self._root)) != _IGNORE:
            files.write(ignore, _IGNORE, have, within=self._root)
        path = Path(source).absolute()
        new = _Written(sha256(content).hexdigest(), sha256(str(path).encode("utf-8", "surrogatepass")).hexdigest())
        kept = []
        for name in _names(source, ending):
            if name.casefold() in self._taken:
                continue
            target = self._folder / name
            have = files.read(target, within=self._root, limit=_LARGEST)
            if have is None or self._is_replaceable(name, have, new, is_source=path == target.absolute()):
                break
            kept.append(name)
        self._taken.add(name.casefold())
        self._written[name.casefold()] = new
        # Noted last: a file that was written and isn't noted counts as edited.
        if have != content:
            files.write(target, content, have, within=self._root)
        self._note()
        return name, kept

    def _is_replaceable(self, name: str, have: bytes, new: _Written, *, is_source: bool) -> bool:
        """Whether a file holds just what was written there, from the same source."""
        digest = sha256(have).hexdigest()
        written = self._written.get(name.casefold())
        is_same_source = written is not None and (written.source == new.source or is_source)
        return digest == new.content or (is_same_source and written is not None and written.content == digest)

    def _note(self) -> None:
        path = self._folder / _WRITTEN
        lines = (f"{one.content} {one.source} {name}\n" for name, one in sorted(self._written.items()))
        text = "".join(lines).encode("utf-8", "surrogatepass")
        files.write(path, text, files.read(path, within=self._root), within=self._root)


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


def _names(path: str, ending: str) -> Iterator[str]:
    """The names for a file of rejected rows, the first one that of the source with this ending, then with a number."""
    source = path.replace("\\", "/").rpartition("/")[2].lstrip(".")
    stem, dot, own = source.rpartition(".")
    stem = (stem if dot else own).strip("-") or "stdin"
    ending = ending or (own if dot else "") or "csv"
    yield f"{stem}.{ending}"
    yield from (f"{stem}-{number}.{ending}" for number in count(2))
