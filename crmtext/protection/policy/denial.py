"""The message and the place of a change that is denied."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.layout import SETTINGS
from crmtext.problem import Place
from crmtext.protection.policy.change import ADDED, FIELD, FILE, RECORD, REMOVED, SETTING
from crmtext.protection.policy.other_files import DISCLOSURES, ERASED, OUTSIDE
from crmtext.protection.policy.patterns import ITEM, dotted
from crmtext.settings import table_name
from crmtext.settings.places import place
from crmtext.terminal.width import printable
from crmtext.text.pointer import get, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmtext.protection.policy.change import Change
    from crmtext.protection.policy.patterns import Path
    from crmtext.settings import Member
    from crmtext.settings.access import Role


def denial_message(change: Change, member: Member | None, wrong: Path, role: Role | None) -> str:
    """Return why a change is denied; `wrong` is the first path in it that the member may not change."""
    if member is None or not member.active or member.pool:
        who = printable(member.shown) if member else _("the committer")
        return _("{name} is not an active member of the team").format(name=who)
    name = printable(member.role or member.handle)
    if role is None:
        return _("{role} has no rights: there is no [access.{role}]").format(role=name)
    if change.subject == RECORD:
        return _record(change, name, role)
    if change.subject == SETTING:
        return _("{role} may not change the setting {setting}").format(
            role=name, setting=printable(_named(change, wrong)) or SETTINGS
        )
    if change.subject == FILE:
        return _file(change, name)
    return _field(change, name, wrong, role)


def _record(change: Change, name: str, role: Role) -> str:
    if change.kind in role.records:
        message = {
            "add": _("{role} may add customers only where: {condition}"),
            "move": _("{role} may move customers only where: {condition}"),
            "rename": _("{role} may rename customers only where: {condition}"),
            "remove": _("{role} may remove customers only where: {condition}"),
        }[change.kind]
    else:
        message = {
            "add": _("{role} may not add customers"),
            "move": _("{role} may not move the files of customers"),
            "rename": _("{role} may not rename or merge customers"),
            "remove": _("{role} may not remove customers"),
        }[change.kind]
    return message.format(role=name, condition=printable(role.where))


def _field(change: Change, name: str, wrong: Path, role: Role) -> str:
    from crmtext.protection.policy.patterns import fields

    if change.whole:
        return _("{role} may not change this file, which can't be compared field by field").format(role=name)
    added = change.path if change.kind == ADDED else None
    field = printable(_named(change, wrong))
    if fields(role.may).allow(wrong, added):
        message = _("{role} may change {field} only where: {condition}")
        return message.format(role=name, field=field, condition=printable(role.where))
    if change.kind == ADDED:
        message = _("{role} may not add {field}")
    elif change.kind == REMOVED:
        message = _("{role} may not remove {field}")
    else:
        message = _("{role} may not change {field}")
    return message.format(role=name, field=field)


def _named(change: Change, wrong: Path) -> str:
    """The field to name: what was added or removed as a whole, unless patterns treat a value in it differently."""
    whole = len(change.values) > 1 and wrong == change.values[0]
    return dotted(change.path if whole else wrong).removesuffix(ITEM)


def _file(change: Change, name: str) -> str:
    steps = change.path[1:] if change.path[:1] == (OUTSIDE,) else change.path
    if steps[:2] == DISCLOSURES and change.kind == ADDED and change.by:
        by = printable(change.by)
        return _("{role} may add disclosures only in their own name, not as {handle}").format(role=name, handle=by)
    if steps[:2] == ERASED:
        return _("{role} may not erase customers").format(role=name)
    return _("{role} may not change the file {file}").format(role=name, file=printable("/".join(steps)))


def place_of(change: Change, wrong: Path) -> Place:
    """Return the place of a change in the new file, as near as it can be given."""
    path = printable(change.file)
    if change.subject == SETTING:
        return _place_of_setting(change, wrong, path)
    if change.after is None or change.after.data is None:
        return Place(path)
    pointer = change.pointer
    if change.subject == FIELD:
        below = wrong[len(change.path) :] if change.kind != REMOVED else ()
        pointer = next(_pointers(get(change.after.data, pointer), below, pointer), pointer)
    if not pointer:
        return Place(path)
    return change.after.document.place(pointer, key=change.subject == FIELD)._replace(path=path)


def _place_of_setting(change: Change, wrong: Path, path: str) -> Place:
    # Items of a list have no place of their own.
    below = takewhile(lambda step: step != ITEM, wrong[len(change.path) :])
    *tables, key = (*split(change.pointer), *below) or ("",)
    line, column, excerpt = place(change.text, ".".join(map(table_name, tables)), key)
    return Place(path, line, column, line, column + len(key), change.pointer) if excerpt else Place(path)


def _pointers(value: Any, steps: Sequence[str], pointer: str) -> Iterator[str]:
    """The pointers of the values at a path below a value."""
    if not steps:
        yield pointer
    elif steps[0] == ITEM and isinstance(value, list):
        for number, item in enumerate(value):
            yield from _pointers(item, steps[1:], f"{pointer}/{number}")
    elif isinstance(value, dict) and steps[0] in value:
        yield from _pointers(value[steps[0]], steps[1:], f"{pointer}/{steps[0]}")
