"""Ids of new customers, and the file names made from them."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from crmtext.duplicates.similarity import core
from crmtext.i18n import _
from crmtext.layout import RECORDS, stem
from crmtext.problem import usage
from crmtext.text.secret_numbers import reject_in_name
from crmtext.values import lazy
from crmtext.values.customer_ids import LETTERS
from crmtext.values.pinyin import slug

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crmtext.snapshot import Snapshot

_LENGTH = 4
_SLUG = lazy.pattern(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")


def new_id(snapshot: Snapshot, today: date) -> str:
    """Return a free id. It is random: two branches would both take the next number."""
    taken = {known_id.casefold() for known_id in known(snapshot)}
    while True:
        id_ = f"C{today:%Y%m%d}" + "".join(secrets.choice(LETTERS) for _place in range(_LENGTH))
        if id_.casefold() not in taken:
            return id_


def known(snapshot: Snapshot) -> frozenset[str]:
    """Return every id in use: those of records, and those of records that were merged into them."""
    merged = {str(id_) for customer in snapshot.customers for id_ in customer.data.get("merged_from", ())}
    return snapshot.known_ids | merged


def free_id(snapshot: Snapshot, typed: str) -> str:
    """Return the typed id if it is free. Raises CrmError if not."""
    id_ = typed.strip()
    field = snapshot.schema.by_path["id"]
    if not re.fullmatch(str(field.resolved.get("pattern", ".+")), id_):
        raise usage("id-form", _("'{id}' is not a valid id").format(id=id_), field.hint)
    if id_.casefold() in {known_id.casefold() for known_id in known(snapshot)}:
        raise usage("unique-id", _("the id {id} is already in use").format(id=id_), _("choose another one"))
    return id_


def slug_of(data: Mapping[str, Any]) -> str:
    """Return the part of the file name after the id; empty for a person, whose name stays out of file names."""
    if data.get("type") == "person":
        return ""
    return slug(str(data.get("short_name") or core(str(data.get("name", "")))))


def file_name(id_: str, short: str) -> str:
    """Return the name of a customer's file."""
    return f"{id_}-{short}.yaml" if short else f"{id_}.yaml"


def own_slug(path: str, id_: str) -> str:
    """Return the part of the file name after the id; empty if there is none."""
    name = stem(path)
    return name[len(id_) + 1 :] if name.startswith(id_ + "-") else name.partition("-")[2]


def read_slug(typed: str) -> str:
    """Return the typed words in the form of a file name. Raises CrmError if nothing is left of them."""
    words = slug(typed)
    if typed.strip() and not words and not _SLUG.match(typed):
        raise usage(
            "file-name",
            _("'{name}' is not allowed in a file name").format(name=typed),
            _("use letters, digits and '-'"),
        )
    reject_in_name(words)
    return words


def folder(typed: str) -> str:
    """Return a folder of records, typed with or without `records/`."""
    parts = [part for part in typed.replace("\\", "/").split("/") if part not in ("", ".")]
    if parts[:1] == [RECORDS]:
        parts = parts[1:]
    if ".." in parts or any(part.startswith(".") for part in parts):
        message = _("'{path}' is not a folder for records").format(path=typed)
        raise usage("folder", message, _("give a folder below {folder}/").format(folder=RECORDS))
    return "/".join((RECORDS, *parts))
