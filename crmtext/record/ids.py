"""Ids of new customers, and the names of the files that they are kept in."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from crmtext.duplicates.similarity import core
from crmtext.i18n import _
from crmtext.layout import RECORDS, stem
from crmtext.problem import usage
from crmtext.text.secret_numbers import refuse_in_name
from crmtext.values import lazy
from crmtext.values.pinyin import slug

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.snapshot import Snapshot

#: No 0 and O, 1 and I and L, 2 and Z, 5 and S, 8 and B: people read ids to each other.
_LETTERS = "34679ACDEFGHJKMNPQRTUVWXY"
_LENGTH = 4
_SLUG = lazy.pattern(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")


def new_id(snapshot: Snapshot, today: date) -> str:
    """An id that no record of the store has: never the next number, which two branches would allot both."""
    taken = {id_.casefold() for id_ in known(snapshot)}
    while True:
        found = f"C{today:%Y%m%d}" + "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))
        if found.casefold() not in taken:
            return found


def known(snapshot: Snapshot) -> frozenset[str]:
    """Every id that is or was given: those of records, and those of records that were merged into them."""
    merged = {str(id_) for each in snapshot.customers for id_ in each.data.get("merged_from", ())}
    return snapshot.known_ids | merged


def free_id(snapshot: Snapshot, typed: str) -> str:
    """The typed id, if a record may have it. Raises CrmError if not."""
    id_ = typed.strip()
    field = snapshot.schema.by_path["id"]
    if not re.fullmatch(str(field.resolved.get("pattern", ".+")), id_):
        raise usage("id-form", _("'{id}' is not a valid id").format(id=id_), field.hint)
    if id_.casefold() in {each.casefold() for each in known(snapshot)}:
        raise usage("unique-id", _("the id {id} is already in use").format(id=id_), _("choose another one"))
    return id_


def slug_of(data: Mapping[str, Any]) -> str:
    """What a file's name says of a customer behind the id: nothing of a person."""
    if data.get("type") == "person":
        return ""
    return slug(str(data.get("short_name") or core(str(data.get("name", "")))))


def file_name(id_: str, short: str) -> str:
    """The name of a customer's file."""
    return f"{id_}-{short}.yaml" if short else f"{id_}.yaml"


def own_slug(path: str, id_: str) -> str:
    """What a file's name says behind the id; empty where it says nothing."""
    name = stem(path)
    return name[len(id_) + 1 :] if name.startswith(id_ + "-") else name.partition("-")[2]


def read_slug(typed: str) -> str:
    """The typed words as a file's name can hold them. Raises CrmError if nothing is left of them."""
    found = slug(typed)
    if typed.strip() and not found and not _SLUG.match(typed):
        raise usage(
            "file-name",
            _("'{name}' is not allowed in a file name").format(name=typed),
            _("use letters, digits and '-'"),
        )
    refuse_in_name(found)
    return found


def folder(typed: str) -> str:
    """A folder of records, named below `records/` or with it."""
    parts = [part for part in typed.replace("\\", "/").split("/") if part not in ("", ".")]
    if parts[:1] == [RECORDS]:
        parts = parts[1:]
    if ".." in parts or any(part.startswith(".") for part in parts):
        message = _("'{path}' is not a folder for records").format(path=typed)
        raise usage("folder", message, _("give a folder below {folder}/").format(folder=RECORDS))
    return "/".join((RECORDS, *parts))
