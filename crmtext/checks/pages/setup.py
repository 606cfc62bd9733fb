"""Rules of the store's own two files: the settings and the schema."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "settings": """\
Every setting has a name and a value that the program knows.

Why: A mistyped setting would be passed over, and everybody would think that it counts.

Wrong:
    [store]
    currency = "RMB¥"

Right:
    [store]
    currency = "CNY"

Instead: `crmtext config` lists all settings with their defaults.
""",
        "settings-syntax": """\
`crmtext.toml` is a TOML file in UTF-8.

Wrong:
    [store]
    name = 示例

Right:
    [store]
    name = "示例"

Instead: Put text in quotes, and each `[table]` on a line of its own.
""",
        "settings-too-large": """\
`crmtext.toml` has at most 256 KiB.

Instead: Look what was pasted into it: `git diff crmtext.toml`.
""",
        "schema-syntax": """\
The schema is JSON in UTF-8, each key given once.

Why: Every check, editor and form reads it; none can go on without.

Instead: Look for a comma or a quote that is missing near the place; `git diff schema` shows what was changed.
""",
        "schema-too-large": """\
The schema has at most 1 MiB, and 5,000 parts and 60 levels with its references written out.

Why: A few definitions that refer twice to the next one describe more fields than a disk can hold.

Instead: Look what was pasted into it: `git diff schema`. Define fewer fields, and refer to each definition once.
""",
        "schema-form": """\
Each part of the schema has the form that JSON Schema gives it.

Wrong:
    "visits": {"title": "Visits", "x-title-zh": "拜访", "type": "array", "minItems": "1"}

Right:
    "visits": {"title": "Visits", "x-title-zh": "拜访", "type": "array", "minItems": 1}

Instead: Compare with a key that works.
""",
        "schema-keyword": """\
The schema uses only the keywords that every editor reads the same.

Why: A keyword that your editor knows and the check does not would let wrong records pass, or the other way round.

Wrong:
    "level": {"title": "Level", "x-title-zh": "级别", "anyOf": [{"const": 1}]}

Right:
    "level": {"title": "Level", "x-title-zh": "级别", "type": "integer", "minimum": 1}

Instead: Say it with the keywords that the shipped schema uses.
""",
        "schema-mark": """\
Every key of the schema has a name in both languages.

Why: Lists, reports, hints and editors show these names.

Wrong:
    "region_manager": {"type": "string"}

Right:
    "region_manager": {"title": "Region manager", "x-title-zh": "区域经理", "type": "string"}

Instead: Add `title` (English) and `x-title-zh` (Chinese).
""",
        "schema-pattern": """\
A pattern is a regular expression that comes to an end.

Why: A repetition inside a repetition can take longer than a life for one line of text.

Wrong:
    "code": {"title": "Code", "x-title-zh": "代码", "type": "string", "pattern": "^(a+)+$"}

Right:
    "code": {"title": "Code", "x-title-zh": "代码", "type": "string", "pattern": "^a+$"}

Instead: Write it without a repetition inside a repetition.
""",
        "schema-format": """\
A format is one that the check knows: date, date-time, email or uri.

Wrong:
    "host": {"title": "Host", "x-title-zh": "主机", "type": "string", "format": "hostname"}

Right:
    "host": {"title": "Host", "x-title-zh": "主机", "type": "string"}

Instead: Use one of these, or a pattern.
""",
        "schema-reference": """\
The schema refers only to its own definitions, and none of them to itself.

Why: Nothing is fetched from elsewhere, and every record comes to an end.

Wrong:
    "boss": {"title": "Boss", "x-title-zh": "上司", "$ref": "#/definitions/boss"}

Right:
    "boss": {"title": "Boss", "x-title-zh": "上司", "$ref": "#/definitions/line"}

Instead: Correct the name, or add it under `definitions`.
""",
        "schema-kept": """\
The schema keeps the keys that the program itself counts with.

Why: Due lists, figures and reports are computed from them.

Instead: Make a key of your own beside it; `crmtext schema diff` shows what your team has changed.
""",
        "schema-newer": """\
The schema is not newer than the program.

Why: A program would pass over what it does not know yet.

Instead: Install a newer crmtext: `pipx upgrade crmtext`.
""",
        "outside-store": """\
A store's files lie inside the store.

Why: A link in a received store could have us write anywhere.

Instead: Remove the link that leads out.
""",
    }
)
