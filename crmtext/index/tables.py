"""The tables of the index, and the condition that selects valid records."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = """
CREATE TABLE note(name TEXT PRIMARY KEY, value BLOB);
CREATE TABLE folder(path TEXT PRIMARY KEY, names TEXT NOT NULL, marks BLOB NOT NULL);
CREATE TABLE record(
    number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, content TEXT NOT NULL, valid INTEGER NOT NULL,
    id TEXT NOT NULL, owner TEXT NOT NULL, status TEXT NOT NULL, type TEXT NOT NULL, priority TEXT NOT NULL,
    since TEXT NOT NULL, until TEXT NOT NULL);
CREATE INDEX record_since ON record(since);
CREATE INDEX record_until ON record(until);
CREATE INDEX record_owner ON record(owner);
CREATE INDEX record_broken ON record(number) WHERE NOT valid;
CREATE TABLE data(number INTEGER PRIMARY KEY, json BLOB NOT NULL);
CREATE TABLE problem(number INTEGER NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL, line TEXT NOT NULL);
CREATE INDEX problem_number ON problem(number);
CREATE TABLE fact(kind TEXT NOT NULL, value TEXT NOT NULL, role INTEGER NOT NULL, number INTEGER NOT NULL);
CREATE INDEX fact_value ON fact(kind, value, number, role);
CREATE INDEX fact_number ON fact(number, kind, value, role);
CREATE TABLE searched(number INTEGER PRIMARY KEY, last INTEGER NOT NULL, other INTEGER NOT NULL, text BLOB NOT NULL);
CREATE INDEX searched_number ON searched(number);
CREATE TABLE past(kind TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY(kind, name)) WITHOUT ROWID;
"""
#: Clears what belongs to one side only: its files, the commit it is compared with, and problems of the comparison.
CLEAR_SIDE = """
DELETE FROM folder;
DELETE FROM note;
DELETE FROM problem WHERE kind IN ('since', 'settings');
"""
_CONDITIONS = {"concerns": "number IN (SELECT number FROM fact WHERE kind = 'concerns' AND value IN ({}))"}


def which_records(wanted: Mapping[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    """Return the condition for valid records with one of these values each, and its parameters."""
    forms = ((_CONDITIONS.get(name, f"{name} IN ({{}})"), len(values)) for name, values in wanted.items())
    which = "".join(f" AND {form.format(','.join('?' * count))}" for form, count in forms)
    return f"WHERE valid{which}", tuple(chain.from_iterable(wanted.values()))
