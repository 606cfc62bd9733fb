"""The parts of docs/ that are written from the code: commands, settings, fields, marks, rules and formats."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import formats_page

from crmtext.checks import pages
from crmtext.cli.commands import COMMANDS, SUBJECTS
from crmtext.cli.framework.group import crmtext
from crmtext.cli.framework.help import VERBATIM, option_rows, translated
from crmtext.cli.framework.language import speaking
from crmtext.explain import field as explain_field
from crmtext.figures.rules import NAMES
from crmtext.figures.stats.measures import MEASURES
from crmtext.i18n import _, language, pick, translations
from crmtext.schema import Field, Schema
from crmtext.settings import settings_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

DOCS = Path(__file__).parents[2] / "docs"
#: What stands between these two lines is the code's.
PART = re.compile(r"(<!-- (\w+): written by pytest --golden-update -->\n).*?(?=<!-- end -->)", re.DOTALL)
#: A list of more values than these is left to `crmtext explain`.
_MOST = 40


def written(path: Path) -> str:
    """The page with the parts that the code writes as they are now."""
    with speaking("zh" if path.stem.endswith("zh-CN") else "en"):
        text = path.read_text(encoding="utf-8")
        return PART.sub(lambda part: part[1] + "\n".join(["", *PARTS[part[2]](), "", ""]), text)


def _said(en: str, zh: str) -> str:
    """A word that only the pages need, in the language in use."""
    return pick({"en": en, "zh": zh})


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _row(*cells: str) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _table(heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    heads = [*heads]
    yield _row(*heads)
    yield "|" + "---|" * len(heads)
    yield from (_row(*row) for row in rows)


def _code(text: object) -> str:
    return f"`{text}`" if str(text) else ""


def commands() -> Iterator[str]:
    """Every command with its options, as its own help has them."""
    with click.Context(crmtext, info_name="crmtext") as context:
        yield from _command(crmtext, context, "##", _said("For all commands", "所有命令"))
        for subject, heading in SUBJECTS.items():
            yield from ("", f"## {_(heading)}")
            for name, member in COMMANDS.items():
                if member.subject != subject:
                    continue
                module, _colon, attribute = member.target.partition(":")
                yield from _with_those_below(getattr(importlib.import_module(module), attribute), name, context)


def _with_those_below(command: click.Command, name: str, above: click.Context) -> Iterator[str]:
    context = click.Context(command, above, info_name=name)
    yield ""
    yield from _command(command, context, "###", context.command_path)
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        below = click.Context(inner, context, info_name=inner.name)
        yield ""
        yield from _command(inner, below, "####", below.command_path)


def _command(command: click.Command, context: click.Context, level: str, title: str) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from (f"{level} {title}", "", "```text", usage, "```")
    for paragraph in translated(command.help).split("\n\n"):
        lines = paragraph.removeprefix(VERBATIM).strip("\n").splitlines()
        raw = paragraph.startswith((VERBATIM, "crmtext "))
        yield from ("", *(["```sh", *(line.strip() for line in lines), "```"] if raw else lines))
    options = [row for row in option_rows(command, context) if "--help" not in row[0]]
    if options:
        heads = (_said("Option", "选项"), _said("Meaning", "含义"))
        yield from ("", *_table(heads, ((_code(names), said) for names, said in options)))


def settings() -> Iterator[str]:
    """Every setting with its help and default."""
    rows = (
        (_code(each.metadata["name"]), _(each.metadata["help"]), _code(_toml(each.metadata["default"])))
        for each in settings_fields()
    )
    return _table((_said("setting", "设置项"), _said("what it is", "含义"), _said("default", "默认值")), rows)


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if value else ""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]" if value else ""
    if hasattr(value, "items"):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }" if value else ""
    return "" if value is None else str(value)


def fields() -> Iterator[str]:
    """Every key of a record, block by block, with its values."""
    schema = Schema.shipped()
    plain = [field for field in schema.fields if not _below(field)]
    yield from _keys(schema, plain)
    for field in schema.fields:
        if below := _below(field):
            yield from ("", f"## `{field.key}` {field.labels['en']} {field.labels['zh']}", "")
            if about := pick(explain_field.about(field)):
                yield about
            yield from ("", *_keys(schema, below))


def _below(field: Field) -> tuple[Field, ...]:
    """The keys inside a block or the items of a list, at any depth; what a list holds is told with the list."""
    return tuple(each for each in field.walk() if each is not field and not each.path.endswith("[]"))


def _keys(schema: Schema, found: Iterable[Field]) -> Iterator[str]:
    heads = (_said("Field", "字段"), "English", "中文", _said("What it holds", "内容"))
    return _table(heads, ((_code(f.path), f.labels["en"], f.labels["zh"], _holds(schema, f)) for f in found))


def _holds(schema: Schema, field: Field) -> str:
    choices = explain_field.choices(field)
    facts = explain_field.facts(schema, field)
    if 0 < len(choices) <= _MOST:
        listed = _(", ").join(f"`{each.value}` {each.labels.get('zh', '')}".strip() for each in choices)
        facts = (listed, *facts[1:])
    return _("; ").join(facts)


def figures() -> Iterator[str]:
    """Every computed name, with its labels and what it means."""
    yield from _table(
        (_said("Name", "名称"), "English", "中文", _said("Meaning", "含义")),
        (
            (_code(name), *translations(each.label).values(), translations(each.about)[language()])
            for name, each in NAMES.items()
        ),
    )


def _measures(*, events: bool) -> Iterator[str]:
    heads = (_said("Measure", "指标"), "English", "中文", _said("Also", "别名"), _said("What it is", "口径"))
    return _table(
        heads,
        (
            (_code(name), *translations(each.label).values(), _(", ").join(each.synonyms), _(each.about))
            for name, each in MEASURES.items()
            if bool(each.day) is events
        ),
    )


def explained() -> Iterator[str]:
    """Every rule with its page, family by family."""
    for name, page in pages.pages().items():
        yield from ("", f"## {name}", "", page.fact)
        if page.why:
            yield from ("", _said(f"**Why:** {page.why}", f"**原因：** {page.why}"))
        for label, code in ((_said("Wrong:", "错误："), page.wrong), (_said("Right:", "正确："), page.right)):
            if code:
                yield from ("", f"**{label}**", "", "```yaml", *code.splitlines(), "```")
        yield from ("", _said(f"**Fix:** {page.fix}", f"**修正：** {page.fix}"))


PARTS: Mapping[str, Callable[[], Iterator[str]]] = {
    "commands": commands,
    "settings": settings,
    "fields": fields,
    "figures": figures,
    "moments": lambda: _measures(events=False),
    "events": lambda: _measures(events=True),
    "rules": explained,
    "systems": formats_page.systems,
    "limits": formats_page.limits,
}
