"""The index of a clone: data and problems of each record, in one SQLite file that is safe to delete."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from itertools import chain
from typing import TYPE_CHECKING

from crmtext.index.foreign import refuse_foreign
from crmtext.index.tables import CLEAR_SIDE, TABLES, which_records
from crmtext.snapshot import HAS, NEEDS, Fact, Traits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from crmtext.index.row import Row

    #: Id, path, content, owner, status, type, priority and data of a valid record.
    Found = tuple[str, str, str, str, str, str, str, bytes]

#: The errors of an index that is locked, damaged or read-only.
FAULTS = (sqlite3.Error, OSError, ValueError)

#: The kind of the fact that holds the digest of everything else that related checks read.
SEEN = "seen"
#: How long a reader waits for a writer, in seconds, before it reads the records without the index.
_PATIENCE = 0.2


def opened(
    file: Path | None, key: Mapping[str, bytes], beside: tuple[Path, Mapping[str, bytes]] | None = None
) -> Index:
    """Open the index in a file, or a temporary one without a file.

    An index with another key is rebuilt: with the records of the index `beside` it, if that exists and has the key
    given with it, else empty.
    """
    if file is not None:
        refuse_foreign(file, make=True)
    connection = sqlite3.connect(str(file or ""), timeout=_PATIENCE, isolation_level=None)
    index = Index(connection)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        index.refuse_foreign()
        if not index.fits(key) and not (beside and index.adopt(*beside, key)):
            index.empty(key)
    except BaseException:
        index.close()
        raise
    return index


def is_damaged(error: Exception) -> bool:
    """Whether to delete an index that raised this error; a locked or read-only one is kept."""
    return not isinstance(error, sqlite3.OperationalError | OSError)


def _impatient(status: int, _left: int, _pages: int) -> None:
    """Stop a backup while the source is locked: sqlite3 retries forever."""
    if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        raise sqlite3.OperationalError(status)


class Index:
    """One open index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ask = connection.execute

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def refuse_foreign(self) -> None:
        """Raise DatabaseError if the schema is not ours: a foreign view or trigger would run in our queries."""
        ours = {None, *(statement.strip() for statement in TABLES.split(";"))}
        if any(sql not in ours for (sql,) in self._ask("SELECT sql FROM sqlite_master")):
            raise sqlite3.DatabaseError

    def fits(self, key: Mapping[str, bytes]) -> bool:
        """Whether the index was written with this key. Raises one of FAULTS if it cannot be read."""
        try:
            return all(self.note(name) == value for name, value in key.items())
        except sqlite3.OperationalError as error:
            # Without a table of notes it is new, or of another version. A locked one may be valid.
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise
            return False

    def adopt(self, file: Path, its_key: Mapping[str, bytes], key: Mapping[str, bytes]) -> bool:
        """Copy from another index what depends on the bytes of records alone; False if that fails.

        The key is written last: until then the index counts as empty when it is opened.
        """
        try:
            if not refuse_foreign(file):
                return False
            with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as connection:
                its = Index(connection)
                its.refuse_foreign()
                if not its.fits(its_key):
                    return False
                connection.backup(self._connection, progress=_impatient)
        except FAULTS:
            return False
        with self.writing():
            for (number,) in self._ask("SELECT number FROM fact WHERE kind = 'side'").fetchall():
                self._forget(number)
            self._begin(CLEAR_SIDE, key)
        return True

    def empty(self, key: Mapping[str, bytes]) -> None:
        """Delete everything, and set this key."""
        with self.writing():
            for (name,) in self._ask("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                self._ask(f'DROP TABLE "{name}"')
            self._begin(TABLES, key)

    def _begin(self, statements: str, key: Mapping[str, bytes]) -> None:
        for statement in filter(str.strip, statements.split(";")):
            self._ask(statement)
        for name, value in key.items():
            self.set_note(name, value)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Run a block in a transaction; inside another such block, as a part of it."""
        if self._connection.in_transaction:
            yield
            return
        self._ask("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._ask("ROLLBACK")
            raise
        self._ask("COMMIT")

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Roll back everything that a block writes."""
        self._ask("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            self._ask("ROLLBACK")

    def note(self, name: str) -> bytes | None:
        """Return the note with a name."""
        row = self._ask("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None

    def set_note(self, name: str, value: bytes) -> None:
        """Write the note with a name."""
        self._ask("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def folder(self, path: str) -> tuple[str, bytes] | None:
        """The names and signatures of a folder's files when the index was written."""
        row = self._ask("SELECT names, marks FROM folder WHERE path = ?", (path,)).fetchone()
        return (str(row[0]), bytes(row[1])) if row else None

    def folders(self) -> frozenset[str]:
        """The folders in the index."""
        return frozenset(path for (path,) in self._ask("SELECT path FROM folder"))

    def set_folder(self, path: str, names: str, marks: bytes) -> None:
        """Write a folder; without names, delete it."""
        self._ask("DELETE FROM folder WHERE path = ?", (path,))
        if names:
            self._ask("INSERT INTO folder VALUES (?, ?, ?)", (path, names, marks))

    def counts(self) -> tuple[int, int]:
        """The number of records, and of invalid ones."""
        every = self._ask("SELECT count(*) FROM record").fetchone()[0]
        return every, self._ask("SELECT count(*) FROM record WHERE NOT valid").fetchone()[0]

    def content(self, path: str) -> str | None:
        """The id of a record's bytes."""
        row = self._ask("SELECT content FROM record WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row else None

    def contents(self) -> dict[str, str]:
        """The ids of the bytes of all records, by path."""
        return dict(self._ask("SELECT path, content FROM record"))

    def expired(self, today: str) -> tuple[str, ...]:
        """The records whose problems may differ today."""
        asked = "SELECT path FROM record WHERE until <= ? UNION SELECT path FROM record WHERE since > ?"
        return tuple(path for (path,) in self._ask(asked, (today, today)))

    def number(self, path: str) -> int | None:
        """The row number of a record."""
        row = self._ask("SELECT number FROM record WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def put(self, row: Row) -> int:
        """Insert or replace a record; its number."""
        if (number := self.number(row.path)) is not None:
            self._forget(number)
        columns = (number, *row[:2], int(row.valid), *row[3:10])
        number = int(self._ask(f"INSERT INTO record VALUES ({'?, ' * 10}?)", columns).lastrowid or 0)  # noqa: S608 - marks
        if row.data:
            self._ask("INSERT INTO data VALUES (?, ?)", (number, row.data.encode()))
        self.add_problems((number, *problem) for problem in row.problems)
        self._connection.executemany("INSERT INTO fact VALUES (?, ?, ?, ?)", ((*fact, number) for fact in row.facts))
        return number

    def forget(self, path: str) -> None:
        """Delete a record."""
        if (number := self.number(path)) is not None:
            self._forget(number)

    def _forget(self, number: int) -> None:
        for table in ("record", "data", "problem", "fact", "searched"):
            self._ask(f"DELETE FROM {table} WHERE number = ?", (number,))  # noqa: S608 - names of ours

    def add_problems(self, problems: Iterable[tuple[int, str, str, str]]) -> None:
        """Add problems, as record number, kind, rule and JSON."""
        self._connection.executemany("INSERT INTO problem VALUES (?, ?, ?, ?)", problems)

    def drop_problems(self, kind: str, numbers: Iterable[int] | None = None) -> None:
        """Delete the problems of one kind, of these records or of all."""
        which = ((number, kind) for number in numbers or ())
        self._connection.executemany("DELETE FROM problem WHERE number = ? AND kind = ?", which)
        if numbers is None:
            self._ask("DELETE FROM problem WHERE kind = ?", (kind,))

    def problems(self, kind: str = "") -> Iterator[tuple[int, str, str]]:
        """The problems, or those of one kind, as record number, rule and JSON."""
        yield from self._ask("SELECT number, rule, line FROM problem WHERE ? IN ('', kind)", (kind,))

    def problem_lines(self, number: int, kind: str) -> tuple[str, ...]:
        """The problems of one kind of a record, as JSON."""
        asked = "SELECT line FROM problem WHERE number = ? AND kind = ?"
        return tuple(line for (line,) in self._ask(asked, (number, kind)))

    def with_problems_of(self, rules: AbstractSet[str]) -> set[int]:
        """The records that have a problem of one of these rules."""
        return {number for number, rule, _line in self.problems("among") if rule in rules}

    def traits(self, record: int | str) -> Traits:
        """The traits of a record, given by number or path; empty ones if it is not in the index."""
        number = record if isinstance(record, int) else self.number(record)
        rows = self._ask("SELECT kind, value, role FROM fact WHERE number = ?", (number,)).fetchall()
        seen = next((value for kind, value, _role in rows if kind == SEEN), "")
        return Traits({(kind, value): role for kind, value, role in rows if role}, seen)

    def holders(self, fact: Fact, role: int = HAS) -> tuple[int, ...]:
        """The records to which a fact has a role."""
        asked = "SELECT number FROM fact WHERE kind = ? AND value = ? AND role & ?"
        return tuple(number for (number,) in self._ask(asked, (*fact, role)))

    def holding(self, kind: str, part: str) -> tuple[int, ...]:
        """The records with a fact of a kind that contains this text."""
        asked = "SELECT DISTINCT number FROM fact WHERE kind = ? AND instr(value, ?)"
        return tuple(number for (number,) in self._ask(asked, (kind, part)))

    def first(self, fact: Fact, most: int) -> tuple[int, ...]:
        """The first records that have a fact, sorted by id and path, `most` at most."""
        joined = "fact CROSS JOIN record USING (number)"
        asked = f"SELECT number FROM {joined} WHERE kind = ? AND value = ? AND role & {HAS} ORDER BY id, path LIMIT ?"  # noqa: S608
        return tuple(number for (number,) in self._ask(asked, (*fact, most)))

    def both(self, fact: Fact, other: Fact) -> tuple[int, ...]:
        """The records that have both facts, sorted by id and path."""
        joined = "fact AS a CROSS JOIN fact AS b ON b.number = a.number CROSS JOIN record AS r ON r.number = a.number"
        having = f"a.kind = ? AND a.value = ? AND a.role & {HAS} AND b.kind = ? AND b.value = ? AND b.role & {HAS}"
        asked = f"SELECT a.number FROM {joined} WHERE {having} ORDER BY r.id, r.path"  # noqa: S608 - numbers of ours
        return tuple(number for (number,) in self._ask(asked, (*fact, *other)))

    def count(self, fact: Fact) -> int:
        """How many records have a fact."""
        asked = "SELECT count(*) FROM fact WHERE kind = ? AND value = ? AND role & ?"
        return int(self._ask(asked, (*fact, HAS)).fetchone()[0])

    def everybody(self) -> tuple[int, ...]:
        """All records."""
        return tuple(number for (number,) in self._ask("SELECT number FROM record"))

    def entangled(self, crowds: Mapping[str, tuple[int, str]]) -> set[int]:
        """The records that need a fact which another record has.

        `crowds` gives, by kind of fact, the limit of a group and a second kind. In a larger group these are the first
        records, and those that share the second kind as well.
        """
        other = "SELECT 1 FROM fact WHERE kind = one.kind AND value = one.value AND role & ? AND number <> one.number"
        kinds = ",".join("?" * len(crowds))
        needing = f"role & ? AND EXISTS ({other}) AND kind NOT IN ({kinds})"
        asked = f"SELECT DISTINCT number FROM fact AS one WHERE {needing}"  # noqa: S608 - marks only
        related = {number for (number,) in self._ask(asked, (NEEDS, HAS, *crowds))}
        for kind, (limit, by) in crowds.items():
            groups = "SELECT value, count(*) FROM fact WHERE kind = ? AND role & ? GROUP BY value HAVING count(*) > 1"
            for value, count in self._ask(groups, (kind, HAS)).fetchall():
                if count <= limit:
                    related.update(self.holders((kind, value)))
                    continue
                related.update(self.first((kind, value), limit + 1))
                same = "SELECT group_concat(b.number) FROM fact AS a CROSS JOIN fact AS b ON b.number = a.number"
                same += " WHERE a.kind = ? AND a.value = ? AND b.kind = ? GROUP BY b.value HAVING count(*) > 1"
                for (numbers,) in self._ask(same, (kind, value, by)):
                    related.update(map(int, numbers.split(",")))
        return related

    def values(self, kind: str) -> frozenset[str]:
        """All values of a kind of fact that a record has."""
        asked = "SELECT DISTINCT value FROM fact WHERE kind = ? AND role & ?"
        return frozenset(value for (value,) in self._ask(asked, (kind, HAS)))

    def every(self, kind: str) -> Iterator[tuple[str, int]]:
        """All facts of a kind, as value and record number."""
        yield from self._ask("SELECT value, number FROM fact WHERE kind = ?", (kind,))

    def known(self, numbers: Iterable[int]) -> Iterator[tuple[int, str, str, bool]]:
        """Number, path, content and validity of records."""
        asked = "SELECT number, path, content, valid FROM record WHERE number = ?"
        for number, path, content, valid in chain.from_iterable(self._ask(asked, (number,)) for number in numbers):
            yield number, path, content, bool(valid)

    def data(self, number: int) -> bytes:
        """A record's data as JSON."""
        return bytes(self._ask("SELECT json FROM data WHERE number = ?", (number,)).fetchone()[0])

    def customers(self, wanted: Mapping[str, tuple[str, ...]]) -> Iterator[Found]:
        """The valid records with one of these values each."""
        which, values = which_records(wanted)
        asked = f"SELECT id, path, content, owner, status, type, priority, json FROM record NATURAL JOIN data {which}"  # noqa: S608
        yield from self._ask(asked, values)

    def transactions(self) -> Iterator[tuple[str, str]]:
        """Path and transactions, as JSON, of the valid records that have some."""
        asked = "SELECT path, json_extract(CAST(json AS TEXT), '$.transactions') AS bought"
        yield from self._ask(f"{asked} FROM record NATURAL JOIN data WHERE valid AND bought IS NOT NULL")

    def unsearched(self) -> tuple[int, ...]:
        """The valid records without a searched text."""
        asked = "SELECT number FROM record WHERE valid AND number NOT IN (SELECT number FROM searched)"
        return tuple(number for (number,) in self._ask(asked))

    def set_searched(self, number: int, last: int, other: int, text: bytes) -> None:
        """Write a record's searched text, where its last part begins, and the number that sorts equal hits."""
        self._ask("INSERT OR REPLACE INTO searched VALUES (?, ?, ?, ?)", (number, last, other, text))

    def searched_text(self, number: int) -> bytes:
        """The searched text of a record."""
        return bytes(self._ask("SELECT text FROM searched WHERE number = ?", (number,)).fetchone()[0])

    def searched(
        self, words: Iterable[Sequence[bytes]], wanted: Mapping[str, tuple[str, ...]], *, whole: bool
    ) -> Iterator[tuple[int, str, str, str, int, bytes | None]]:
        """Number, id, path, priority, sort number and text of the records whose text has one form of each word.

        Unless the `whole` result needs it, the text is None if all forms are in its last part only.
        """
        which, values = which_records(wanted)
        forms = tuple(words)
        every = tuple(chain.from_iterable(forms))
        which += "".join(f" AND ({' OR '.join(['instr(text, ?)'] * len(form))})" for form in forms)
        before = " OR ".join(["instr(text, ?) BETWEEN 1 AND other"] * len(every))
        text = "text" if whole else f"CASE WHEN {before} THEN text END"
        asked = f"SELECT number, id, path, priority, last, {text} FROM record NATURAL JOIN searched {which}"  # noqa: S608
        yield from self._ask(asked, (*(() if whole else every), *values, *every))

    def past(self, kind: str, name: str) -> bytes | None:
        """A value computed from an object of git; None if it isn't kept."""
        row = self._ask("SELECT value FROM past WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return bytes(row[0]) if row else None

    def set_past(self, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """Keep values computed from objects of git, as kind, name and value."""
        self._connection.executemany("INSERT OR REPLACE INTO past VALUES (?, ?, ?)", rows)

    def broken(self) -> tuple[tuple[int, str, str], ...]:
        """Number, path and content of the invalid records, sorted by path."""
        return tuple(self._ask("SELECT number, path, content FROM record WHERE NOT valid ORDER BY path"))
