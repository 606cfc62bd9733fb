"""Settings and schemas of a received store: numbers, names, patterns and references that do harm."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hostile.case import BAD, HEAD, SCHEMA, SETTINGS, TEAM, Case, put

from crmtext.schema import load

if TYPE_CHECKING:
    from pathlib import Path

    from hostile.case import Lay

_TITLES = {"title": "X", "x-title-zh": "甲"}


def settings(text: str | bytes) -> Lay:
    """The valid settings with more at their end."""
    raw = text if isinstance(text, bytes) else text.encode()
    return lambda folder: put(folder / SETTINGS, TEAM.encode() + raw)


def only(raw: bytes) -> Lay:
    """The settings are these bytes."""
    return lambda folder: put(folder / SETTINGS, raw)


def schema(raw: bytes) -> Lay:
    """The schema is these bytes."""
    return lambda folder: put(folder / SCHEMA, raw)


def field(value: str = "", **field: Any) -> Lay:
    """The shipped schema with one more key `extra`, and a record that gives it a value."""

    def lay(folder: Path) -> None:
        data = json.loads(load.shipped())
        data["properties"]["extra"] = _TITLES | field
        put(folder / SCHEMA, json.dumps(data).encode())
        if value:
            put(folder / BAD, f"{HEAD}extra: {value}\n".encode())

    return lay


def defined(**definitions: Any) -> Lay:
    """The shipped schema with definitions of one's own, the first of which is used."""

    def lay(folder: Path) -> None:
        data = json.loads(load.shipped())
        data["definitions"] |= definitions
        data["properties"]["extra"] = _TITLES | {"$ref": f"#/definitions/{next(iter(definitions))}"}
        put(folder / SCHEMA, json.dumps(data).encode())

    return lay


def _wrong(name: str, lay: Lay, rule: str, **more: Any) -> Case:
    return Case(name, lay, code=3, says=(f"[{rule}]", *more.pop("says", ())), neighbour=False, **more)


def _pattern(pattern: str, text: str = "a" * 30_000) -> Case:
    return _wrong(f"the pattern {pattern}", field(text, type="string", pattern=pattern), "schema-pattern")


def _quick(pattern: str, code: int, text: str = "a" * 30_000) -> Case:
    """A pattern that is dear for Python, and must be answered all the same."""
    says = () if code == 0 else ("wrong-form",)
    return Case(f"the dear pattern {pattern}", field(text, type="string", pattern=pattern), code=code, says=says)


SETTINGS_CASES = (
    _wrong("settings in utf-16", only(TEAM.encode("utf-16")), "settings-syntax"),
    _wrong("settings in gbk", only(TEAM.encode("gbk")), "settings-syntax"),
    _wrong("settings of brackets", settings("a = " + "[" * 50_000), "settings-syntax"),
    _wrong("settings of tables", settings("[" + ".".join(["a"] * 50_000) + "]\n"), "settings-syntax"),
    _wrong("settings of 300 kib", settings("#" * 300_000), "settings-too-large"),
    _wrong("a number of 5,000 digits", settings(f"[check]\nlock_seconds = {'9' * 5000}\n"), "settings-syntax"),
    _wrong("a number below nothing", settings("[check]\nlock_seconds = -1\n"), "settings"),
    _wrong("a number that is none", settings("[check]\nlock_seconds = nan\n"), "settings"),
    _wrong("a number without end", settings("[check]\nlock_seconds = inf\n"), "settings"),
    _wrong("true for a number", settings("[check]\nlock_seconds = true\n"), "settings"),
    _wrong("a time zone that climbs", only(b'[store]\ntimezone = "../../../etc/passwd"\n'), "settings"),
    _wrong("a time zone by its full path", only(b'[store]\ntimezone = "/etc/passwd"\n'), "settings"),
    _wrong("a time zone with a nul", only(b'[store]\ntimezone = "Asia/Shanghai\\u0000"\n'), "settings"),
    _wrong("a language that climbs", only(b'[store]\nlanguage = "../../x"\n'), "settings"),
    _wrong("a name that colours", settings('[team.x]\nname = "\\u001b[31mX"\n'), "settings", says=("U+001B",)),
    _wrong("a name that turns", settings('[team.x]\nname = "\\u202eX"\n'), "settings", says=("U+202E",)),
    _wrong("a handle that colours", settings('[team."\\u001b[31mX"]\nname = "X"\n'), "settings", says=("U+001B",)),
    _wrong("a key that colours", settings('"\\u001b[2J" = 1\n'), "settings", says=("U+001B",)),
    _wrong("an unknown key", settings("[hooks]\nrun = 'touch x'\n"), "settings"),
    _wrong("a team that is a number", only(b"team = 1\n"), "settings"),
    _wrong("a member that is a list", settings("[team]\nx = [1]\n"), "settings"),
    Case("a stale time of ages", settings(f"[followup.stale_days]\nhigh = {'9' * 40}\n"), code=0),
    Case(
        "a rule of ages",
        settings(f"[followup]\nanswer_days = {'9' * 40}\n[[followup.rules]]\nname = 'a'\nevery_days = {'9' * 40}\n"),
        code=0,
    ),
)
VIEWS = tuple(
    Case(
        f"the view {about}",
        settings(f"[views]\nv = {json.dumps(view)}\n"),
        code=2,
        arguments=("list", "@v"),
        says=("[expression]",),
    )
    for about, view in (
        ("of brackets", "(" * 900 + "1" + ")" * 900),
        ("of text without end", "'a' * 999999999"),
        ("of a list without end", "[1] * 999999999 == 1"),
        ("of powers", "9 ** 9 ** 9 ** 9"),
        ("of a width", "'%999999999d' % 1"),
        ("of a class", "name.__class__.__mro__[1].__subclasses__()"),
        ("of a class by its name", "name['__class__']"),
        ("of a class by a filter", "name|attr('__class__')"),
        ("of a format", "'{0.__class__}'.format(name)"),
        ("of a range", "range(10 ** 9)|list"),
        ("of a call", "lipsum(99999)"),
        ("of a module", "cycler.__init__.__globals__.os.system('id')"),
        ("of a long line", "1 + " * 5000 + "1"),
    )
)
SCHEMAS = (
    _wrong("a schema of brackets", schema(b'{"a": ' + b"[" * 100_000), "schema-syntax"),
    _wrong("a schema in utf-16", schema('{"a": 1}'.encode("utf-16")), "schema-syntax"),
    _wrong("a schema of nul bytes", schema(b"\0" * 100), "schema-syntax"),
    _wrong("a schema that is empty", schema(b""), "schema-syntax"),
    _wrong("a schema that is a list", schema(b"[]"), "schema-form"),
    _wrong("a schema that is true", schema(b"true"), "schema-form"),
    _wrong("a schema with a key twice", schema(b'{"type": "object", "type": "array"}'), "schema-syntax"),
    _wrong("a schema with a number that is none", schema(b'{"a": NaN}'), "schema-syntax"),
    _wrong("a schema with 5,000 digits", schema(b'{"a": ' + b"9" * 5000 + b"}"), "schema-syntax"),
    _wrong("a schema of two mib", schema(b" " * (2 << 20)), "schema-too-large"),
    _wrong("a reference into the network", field(**{"$ref": "http://127.0.0.1:9/x.json"}), "schema-reference"),
    _wrong("a reference to a file", field(**{"$ref": "file:///etc/passwd"}), "schema-reference"),
    _wrong("a reference to a neighbour", field(**{"$ref": "../../secret.json"}), "schema-reference"),
    _wrong("a reference to nothing", field(**{"$ref": "#/definitions/nowhere"}), "schema-reference"),
    _wrong("a definition of itself", defined(a={"$ref": "#/definitions/a"}), "schema-reference"),
    _wrong(
        "two definitions of each other",
        defined(a={"$ref": "#/definitions/b"}, b={"$ref": "#/definitions/a"}),
        "schema-reference",
    ),
    _wrong("an id of one's own", field(type="string", **{"$id": "http://example.com/x"}), "schema-keyword"),
    _wrong("a keyword of tomorrow", field(type="string", **{"$dynamicRef": "#x"}), "schema-keyword"),
    _wrong("a format that runs", field(type="string", format="python"), "schema-format"),
    _wrong("a meta-schema in the network", schema(b'{"$schema": "http://127.0.0.1:9/schema"}'), "schema-mark"),
)
PATTERNS = (
    *map(_pattern, ("(a+)+$", "(a|a)*b", "(a|b|ab)*c", "(a*)*", "([a-z]+)*[0-9]", "(?=a+)+b", "(a?){100}a{100}")),
    *map(_pattern, (".*.*.*.*=.*", "a*a*a*a*a*b", "(a{1,2}){60}b", "x{99999999999}", "(", "(?P<n", "[z-a]")),
    *map(_pattern, ("a{1,30000}b", "((a{90}){90}){90}")),
    _quick("a+b", 1),
    _quick("^.*x.*y.*z$", 1),
    _quick("^a*$", 0),
)
CASES = (*SETTINGS_CASES, *VIEWS, *SCHEMAS, *PATTERNS)
