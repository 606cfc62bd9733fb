"""Problems of `crmtext.toml`, each with its place and the nearest valid name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmtext.i18n import _
from crmtext.layout import SCHEMA_VERSION, SETTINGS
from crmtext.settings import access, follow_up, privacy, retention, rfm, rule_tables, targets
from crmtext.settings.fields import settings_fields, table_name
from crmtext.settings.problems import entry_problem, setting_problem, unknown_setting, wrong_type
from crmtext.terminal.width import printable
from crmtext.text import not_a_card, secret_numbers
from crmtext.text.explain.characters import first_invisible
from crmtext.values import clock
from crmtext.values.standards import currencies, short_province

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from dataclasses import Field

    from crmtext.problem import Problem

_MEMBER: Mapping[str, type | tuple[type, ...]] = {
    "name": str,
    "email": (str, list),
    "role": str,
    "active": bool,
    "pool": bool,
    "key": str,
    "signing": (str, list),
}
_PRODUCT: Mapping[str, type | tuple[type, ...]] = {"name": str, "category": str, "aliases": list}
#: The tables with an entry for each colleague or product.
_ENTRIES = {"team": _MEMBER, "products": _PRODUCT}


def check(data: Mapping[str, Any], text: str) -> Iterator[Problem]:
    """Yield every problem of the settings: unknown names, wrong types, unknown values."""
    yield from _hidden(data, text)
    yield from (problem for _number, problem in secret_numbers.in_text(SETTINGS, text))
    yield from not_a_card.without_reason(SETTINGS, text)
    known = {field.metadata["name"]: field for field in settings_fields()}
    tables = sorted({name.partition(".")[0] for name in known})
    for table, content in data.items():
        if table not in tables:
            yield unknown_setting(text, table, "", tables)
        elif table == targets.TARGETS:
            yield from targets.problems(text, content, data)
        elif table in known and isinstance(known[table].metadata["default"], str):
            yield from _wrong(text, "", table, content, known[table])
        elif not isinstance(content, dict):
            yield setting_problem(
                text,
                table,
                "",
                _("[{table}] must be a table").format(table=table),
                _("put [{table}] on a line of its own").format(table=table),
            )
        elif table in _ENTRIES:
            yield from _entries(text, table, content, _ENTRIES[table])
        elif table in known:
            yield from _wrong(text, "", table, content, known[table])
        else:
            yield from _table(text, table, content, known)
        if isinstance(content, dict) and table in _MORE:
            yield from _MORE[table](text, content)


def _hidden(value: Any, text: str, table: str = "", name: str = "") -> Iterator[Problem]:
    """Invisible and control characters in any name or text."""
    if isinstance(value, dict):
        inside = ".".join(filter(None, (table, table_name(name) if name else "")))
        for key, item in value.items():
            yield from _hidden(key, text, inside, key)
            yield from _hidden(item, text, inside, key)
    elif isinstance(value, list):
        for item in value:
            yield from _hidden(item, text, table, name)
    elif isinstance(value, str) and (sign := first_invisible(value)):
        message = _("{key} contains an invisible character: {code}").format(key=printable(name), code=sign)
        yield setting_problem(text, name, table, message, _("delete it, and type the word again"))


def _table(text: str, table: str, content: Mapping[str, Any], known: Mapping[str, Field[Any]]) -> Iterator[Problem]:
    names = [name.partition(".")[2] for name in known if name.startswith(table + ".")]
    for key, value in content.items():
        if key not in names:
            yield unknown_setting(text, key, table, names)
        else:
            yield from _wrong(text, table, key, value, known[f"{table}.{key}"])


def _entries(
    text: str, kind: str, content: Mapping[str, Any], known: Mapping[str, type | tuple[type, ...]]
) -> Iterator[Problem]:
    """Problems of the colleagues or products, each a table of its own."""
    for name, given in content.items():
        table = f"{kind}.{table_name(name)}"
        if not isinstance(given, dict):
            team = _("a colleague is a table: [{table}]")
            message = team if kind == "team" else _("a product is a table: [{table}]")
            yield setting_problem(text, name, kind, message.format(table=table), _('add a line below it: name = "…"'))
            continue
        nested = [key for key, value in given.items() if isinstance(value, dict)]
        if nested:
            whole = f"{name}.{nested[0]}"
            team = _('quote a handle that contains a dot: [team."{handle}"]')
            hint = team if kind == "team" else _('quote a code that contains a dot: [products."{handle}"]')
            message = _("[{table}] is read as two names").format(table=f"{kind}.{whole}")
            yield setting_problem(text, "", table, message, hint.format(handle=whole))
            continue
        for key, value in given.items():
            if key not in known:
                yield unknown_setting(text, key, table, known)
            elif not isinstance(value, known[key]) or (isinstance(value, list) and not _texts(value)):
                kinds = {"active": _("true or false"), "pool": _("true or false"), "aliases": _("a list of texts")}
                yield wrong_type(text, key, table, value, kinds.get(key, _("text")))


def _same_product(text: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    """A name, code or alias that two products share."""
    # Loaded late: most stores have no product list.
    from crmtext.values.folding import plain

    owner: dict[str, str] = {}
    for code, given in content.items():
        if not isinstance(given, dict):
            continue
        aliases = given.get("aliases", ())
        names = (code, given.get("name", ""), *(aliases if isinstance(aliases, list) else ()))
        for name in filter(None, map(str, names)):
            first = owner.setdefault(plain(name), code)
            if first != code:
                message = _("'{name}' names two products: {one} and {other}")
                key = "name" if name == given.get("name") else "aliases" if name in aliases else ""
                yield setting_problem(
                    text,
                    key or code,
                    f"products.{table_name(code)}" if key else "products",
                    message.format(name=printable(name), one=printable(first), other=printable(code)),
                    _("remove it from one of the two, or make them one product"),
                )


def _same_province(text: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    """A province that two regions list."""
    owner: dict[str, str] = {}
    for name, provinces in content.items():
        for province in filter(None, provinces if _texts(provinces) else ()):
            first = owner.setdefault(short_province(province), name)
            if first != name:
                message = _("'{name}' is in two regions: {one} and {other}").format(
                    name=printable(province), one=printable(first), other=printable(name)
                )
                yield setting_problem(text, name, "regions", message, _("remove it from one of the two"))


def _wrong(text: str, table: str, key: str, value: Any, field: Field[Any]) -> Iterator[Problem]:
    default = field.metadata["default"]
    choices = field.metadata.get("choices")
    if field.metadata.get("apart"):
        # In the module of the table: access.py, follow_up.py, retention.py, rule_tables.py, rfm.py, targets.py.
        return
    if choices and value not in choices:
        hint = _("one of: {values}").format(values=", ".join(choices))
        yield setting_problem(
            text, key, table, _("unknown value '{value}' for {key}").format(value=value, key=key), hint
        )
    elif isinstance(default, tuple) and not _texts(value):
        yield wrong_type(text, key, table, value, _("a list of texts"))
    elif isinstance(default, int) and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        yield wrong_type(text, key, table, value, _("a whole number"))
    elif field.name == "schema_version" and value > SCHEMA_VERSION:
        message = _("the store has version {theirs} of the schema; this crmtext knows versions up to {ours}")
        hint = _("upgrade crmtext: pipx upgrade crmtext")
        problem = setting_problem(text, key, table, message.format(theirs=value, ours=SCHEMA_VERSION), hint)
        yield problem._replace(rule="schema-newer")
    elif isinstance(default, str) and not isinstance(value, str):
        yield wrong_type(text, key, table, value, _("text"))
    elif "values" in field.metadata:
        yield from _map(text, table, key, value, field.metadata["values"])
    elif field.metadata.get("check") == "public-key":
        yield from _public_keys(text, table, key, value)
    elif reason := _form(field.metadata.get("check", ""), value):
        yield setting_problem(
            text, key, table, _("unknown value '{value}' for {key}").format(value=value, key=key), reason
        )


def _public_keys(text: str, table: str, key: str, value: list[str]) -> Iterator[Problem]:
    # Loaded late: most stores name none.
    from crmtext.values import public_keys

    for number, typed in enumerate(value):
        if not public_keys.normal(typed):
            message = public_keys.wrong(printable(typed))
            yield entry_problem(text, key, table, value, number, message, public_keys.hint())


def _map(text: str, table: str, key: str, value: Any, kind: type) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield wrong_type(text, key, table, value, _("a table"))
        return
    here = f"{table}.{key}" if table else key
    for name, item in value.items():
        wrong = not isinstance(item, kind) or isinstance(item, bool) or (kind is list and not _texts(item))
        if wrong or (isinstance(item, int) and item < 0):
            names = {int: _("a whole number"), str: _("text"), list: _("a list of texts")}
            yield wrong_type(text, name, here, item, names[kind])


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _form(check: str, value: Any) -> str:
    if check == "currency" and not re.fullmatch(r"[A-Z]{3}", value):
        meant = currencies.code_of(value)
        return _("use {value}").format(value=meant) if meant else _("use the three-letter code: CNY, EUR, USD")
    if check == "timezone" and value and not clock.is_zone(value):
        return _("use a name such as Asia/Shanghai")
    return ""


def _classification(text: str, content: Mapping[str, Any]) -> Iterator[Problem]:
    if "rules" in content:
        yield from rule_tables.problems(text, content["rules"], rule_tables.CLASSIFICATION)


#: Further checks of some tables.
_MORE: Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[Problem]]] = {
    "team": access.key_problems,
    "access": access.problems,
    "products": _same_product,
    "regions": _same_province,
    "followup": follow_up.problems,
    retention.RETENTION: retention.problems,
    privacy.PRIVACY: privacy.problems,
    "rfm": rfm.problems,
    "classification": _classification,
}
