"""`[access]`: who may change what, by role; and the keys of colleagues in `[team]`."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from crmtext.i18n import N_, _
from crmtext.settings.fields import table_name
from crmtext.settings.problems import entry_problem, setting_problem, unknown_setting, wrong_type
from crmtext.terminal.width import printable
from crmtext.values import lazy, public_keys, ssh_keys
from crmtext.values.did_you_mean import did_you_mean, nearest

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

    from crmtext.problem import Problem

ACCESS = "access"
#: How a commit's author is known, and which branches are judged.
IDENTITIES, BRANCHES = ("trust", "pusher", "signed"), ("main", "all")
#: The rights on whole records, and on the keyring.
RECORD_RIGHTS, KEY_RIGHTS = ("add", "move", "rename", "remove"), ("add", "erase", "members")

_STEP = r"[^\s.\[\]*+-][^\s.\[\]*+]*(?:\[\])*"
_PATH = rf"{_STEP}(?:\.{_STEP})*"
#: A pattern of fields; one for reading, which has no `+`; one of files.
_CHANGED, _READ = lazy.pattern(rf"-?(?:\*|{_PATH})|{_PATH}\+"), lazy.pattern(rf"-?(?:\*|{_PATH})")
_FILE = lazy.pattern(r"-?(?:\*|[^\s/*\\-][^*\\\x00-\x1f]*)")


class Role(NamedTuple):
    """The rights of a role: its members may change these fields, records, settings and files, and see these fields."""

    #: Patterns of the fields of records they may change, `where` restricting the records.
    may: tuple[str, ...] = ()
    #: Their rights on whole records, of RECORD_RIGHTS.
    records: tuple[str, ...] = ()
    #: A condition as in `--where`, with `actor` for the handle of the member; empty for all records.
    where: str = ""
    #: Patterns of fields they may change in every record.
    anywhere: tuple[str, ...] = ()
    #: Patterns of settings, and of files outside `records/`.
    settings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    #: Their rights on the keyring, of KEY_RIGHTS.
    keys: tuple[str, ...] = ("add",)
    #: Patterns of the fields that views for the role show, and a condition for the records.
    see: tuple[str, ...] = ("*",)
    see_where: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether views for the role show all fields of all records, as they do by default."""
        return (self.see, self.see_where) == (("*",), "")


class Access(NamedTuple):
    """The settings of `[access]`."""

    identity: str = "trust"
    branches: str = "main"
    #: Addresses of committers that stand for the author.
    forge: tuple[str, ...] = ()
    roles: Mapping[str, Role] = MappingProxyType({})


class _List(NamedTuple):
    """A list of a role: the form of its entries or their values, and the hint for a wrong one."""

    form: re.Pattern[str] | None = None
    values: tuple[str, ...] = ()
    hint: str = ""


_FIELDS_HINT = N_('for example: "*", "contacts[].phones", "interactions+" (only add), "-notes" (not)')
_SEEN_HINT = N_('for example: "*", "contacts[].name", "-notes" (not)')
_SETTINGS_HINT = N_('for example: "*", "views", "-team" (not)')
_FILES_HINT = N_('for example: "*", "import/", "README.md", "-schema/" (not)')
_LISTS: Mapping[str, _List] = MappingProxyType({
    "may": _List(_CHANGED, hint=_FIELDS_HINT),
    "records": _List(values=RECORD_RIGHTS),
    "anywhere": _List(_CHANGED, hint=_FIELDS_HINT),
    "settings": _List(_READ, hint=_SETTINGS_HINT),
    "files": _List(_FILE, hint=_FILES_HINT),
    "keys": _List(values=KEY_RIGHTS),
    "see": _List(_READ, hint=_SEEN_HINT),
})  # fmt: skip
_CONDITIONS = ("where", "see_where")
_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType({"identity": IDENTITIES, "branches": BRANCHES})


def access(content: Mapping[str, Any]) -> Access:
    """Return the settings of a valid `[access]`."""
    roles = {name: _role(given) for name, given in content.items() if isinstance(given, dict)}
    given = {name: content[name] for name in _CHOICES if name in content}
    return Access(**given, forge=tuple(content.get("forge", ())), roles=MappingProxyType(roles))


def _role(given: Mapping[str, Any]) -> Role:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return Role(**values)


def problems(text: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of `[access]`; fields and conditions are compared with the schema by a check."""
    for name, value in content.items():
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                message = _("unknown value '{value}' for {key}").format(value=printable(str(value)), key=name)
                hint = did_you_mean(nearest(str(value), _CHOICES[name]), _one_of(_CHOICES[name]))
                yield setting_problem(text, name, ACCESS, message, hint)
        elif name == "forge":
            yield from _forge(text, value)
        elif isinstance(value, dict):
            yield from _role_problems(text, name, value)
        else:
            problem = unknown_setting(text, printable(name), ACCESS, (*_CHOICES, "forge"))
            table = _("a role is a table: [{table}]").format(table=f"{ACCESS}.{printable(name)}")
            yield setting_problem(text, name, ACCESS, problem.message, did_you_mean(
                nearest(name, (*_CHOICES, "forge")), table))  # fmt: skip


def _forge(text: str, value: Any) -> Iterator[Problem]:
    if not _texts(value):
        yield wrong_type(text, "forge", ACCESS, value, _("a list of texts"))
        return
    for number, address in enumerate(value):
        if "@" not in address:
            message = _("'{value}' is not an e-mail address").format(value=printable(address))
            hint = _("write the committer's address of merges made on the web page, such as noreply@github.com")
            yield entry_problem(text, "forge", ACCESS, value, number, message, hint)


def _role_problems(text: str, role: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    table = f"{ACCESS}.{table_name(role)}"
    for key, value in given.items():
        if key in _CONDITIONS:
            if not isinstance(value, str):
                yield wrong_type(text, key, table, value, _("text"))
            elif not value.strip():
                message = _("{key} is empty").format(key=key)
                yield setting_problem(text, key, table, message, _("write a value, or delete it"))
        elif key in _LISTS:
            if _texts(value):
                yield from _list_problems(text, key, table, value)
            else:
                yield wrong_type(text, key, table, value, _("a list of texts"))
        else:
            names = (*_LISTS, *_CONDITIONS)
            problem = unknown_setting(text, printable(key), f"{ACCESS}.{printable(role)}", names)
            yield setting_problem(text, key, table, problem.message, problem.hint)


def _list_problems(text: str, key: str, table: str, entries: list[str]) -> Iterator[Problem]:
    about = _LISTS[key]
    count: Counter[str] = Counter()
    for number, entry in enumerate(entries):
        shown = printable(entry)
        path = entry.removeprefix("-").removesuffix("+")
        count[path] += 1
        if about.values and entry not in about.values:
            message = _("unknown value '{value}' for {key}").format(value=shown, key=key)
            hint = did_you_mean(nearest(entry, about.values), _one_of(about.values))
        elif about.form and not (about.form.fullmatch(entry) and _stays_inside(entry)):
            message = _("'{value}' is not a pattern for {key}").format(value=shown, key=key)
            hint = _(about.hint)
        elif count[path] == 2:
            message = _("{key} names '{value}' twice").format(key=key, value=printable(path))
            hint = _("keep one of them")
        else:
            continue
        yield entry_problem(text, key, table, entries, number, message, hint)


def _stays_inside(entry: str) -> bool:
    """Whether no step of a path leads out of its folder."""
    return not {".", ".."} & {*entry.removeprefix("-").split("/")}


def key_problems(text: str, team: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of the public keys in `[team]`."""
    for handle, given in team.items():
        if not isinstance(given, dict):
            continue
        table = f"team.{table_name(handle)}"
        signing = given.get("signing", ())
        keys = [signing] if isinstance(signing, str) else signing if _texts(signing) else ()
        for number, key in enumerate(keys):
            if ssh_keys.parse(key) is None:
                message = _("'{value}' is not an SSH public key").format(value=printable(key)[:40])
                hint = _("copy the line of a file such as ~/.ssh/id_ed25519.pub: ssh-ed25519 AAAA…")
                yield entry_problem(text, "signing", table, keys, number, message, hint)
        key = given.get("key", "")
        if isinstance(key, str) and key and not public_keys.normal(key):
            message = _("'{value}' is not an age public key").format(value=printable(key)[:40])
            yield setting_problem(
                text, "key", table, message, _("write a public key such as age1…, or ssh-ed25519 AAAA…")
            )


def _one_of(values: tuple[str, ...]) -> str:
    return _("one of: {values}").format(values=", ".join(values))


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
