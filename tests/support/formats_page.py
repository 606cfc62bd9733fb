"""What docs/formats.md and docs/import.md take from the importers: a section for each system, and the limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmtext.i18n import _, pick
from crmtext.importers.columns import mapping_file, profiles
from crmtext.importers.columns.names import SEALED, Names
from crmtext.importers.joining import timeline
from crmtext.importers.reading import delimited, json_faults, prescan, read, workbook_child
from crmtext.schema import Schema
from crmtext.systems.cells import target_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmtext.importers.columns.mapping_file import Outgoing, Output, SheetMapping, SystemMapping

#: Headings of sheets by object: English and Chinese.
SHEETS = {
    "customers": ("Customers", "客户"),
    "contacts": ("Contacts", "联系人"),
    "leads": ("Leads", "线索"),
    "opportunities": ("Opportunities", "商机"),
    "interactions": ("Interactions", "跟进记录"),
    "tasks": ("Tasks", "任务"),
    "cases": ("Cases", "工单"),
    "users": ("Users", "用户"),
}
#: What a column without a field of its own is for.
SPECIAL = {
    "@created": ("creation date, written to sources[0].date", "创建日期，写入 sources[0].date"),
    "@first_name": ("given name", "名"),
    "@middle_name": ("middle name", "中间名"),
    "@last_name": ("family name", "姓"),
    "@full_name": ("whole name, if the parts are empty", "全名（姓、名为空时使用）"),
    "@done": (
        "whether it is done: then an interaction, else a next step",
        "是否完成：已完成的是跟进记录，否则是下一步计划",
    ),
    "@due": ("due date", "截止日期"),
    "@closed": ("date on which it was closed", "关闭日期"),
    "@won": ("outcome: won, lost or open", "结果：赢单、输单或进行中"),
    "@text": ("summary and details", "摘要和详情"),
    "@email": ("e-mail address, to find the colleague", "邮箱，用来找到同事"),
    "@handle": ("name, to find the colleague", "姓名，用来找到同事"),
    "@deleted": ("whether the row was deleted", "该行是否已删除"),
}
WAYS = {
    "id": ("id", "编号"),
    "name": ("name", "名称"),
    "phone": ("phone", "电话"),
    "email": ("e-mail address", "邮箱"),
    "domain": ("domain of the address", "邮箱的域名"),
}


def systems() -> Iterator[str]:
    """Every shipped profile: how to export, its sheets, and what is left out."""
    names = Names(Schema.shipped())
    mappings = mapping_file.profiles().values()
    yield from _table(
        (_words("System", "系统"), _words("Sheets", "表"), _words("Known from", "依据")),
        ((f"[{one.title}](#{_anchor(one.title)})", _sheets(one), profiles.known_from(one)) for one in mappings),
    )
    for mapping in mappings:
        yield from ("", f"## {mapping.title}", "", pick(mapping.export), "", f"- {_about(mapping)}")
        unused = _unused(mapping)
        for sheet in mapping.sheets:
            yield from _sheet(names, sheet, unused)
        if unused:
            yield from ("", _words("Never imported", "各表都不导入的列") + f"{_colon()}{_names(unused)}")
        if mapping.outgoing:
            yield from _going_out(names, mapping, mapping.outgoing)


def limits() -> Iterator[str]:
    """The limits of an import, as the readers have them."""
    rows = (
        (_words("files of an import", "一次导入的文件"), f"{read.MOST_FILES}"),
        (_words("a file, or a zip unpacked", "一个文件，或 zip 解压后"), _size(read.LARGEST)),
        (_words("rows of a sheet", "一张表的行数"), f"{delimited.MOST_ROWS:,}"),
        (_words("columns of a sheet", "一张表的列数"), f"{delimited.MOST_COLUMNS:,}"),
        (_words("a cell", "一个单元格"), _size(delimited.LARGEST_CELL)),
        (_words("lines of a cell in quotes", "引号内单元格的行数"), f"{delimited.OPEN_LINES}"),
        (
            _words("a member of a zip or workbook", "zip 或工作簿中的单个文件"),
            _words(
                f"above {_size(prescan.LARGE)}, {prescan.RATIO} times its packed size",
                f"超过 {_size(prescan.LARGE)} 时，不超过压缩后大小的 {prescan.RATIO} 倍",
            ),
        ),
        (_words("a workbook, unpacked", "工作簿解压后"), _size(prescan.UNPACKED)),
        (
            _words("the used range of a workbook's sheet", "工作表的已用区域"),
            _words(
                f"{prescan.SPARSE} times its filled cells + {prescan.SPARSE_FREE:,}",
                f"有内容单元格的 {prescan.SPARSE} 倍 + {prescan.SPARSE_FREE:,}",
            ),
        ),
        (_words("time to read a workbook", "读取工作簿的时间"), f"{workbook_child.SECONDS} s"),
        (_words("memory to read a workbook", "读取工作簿的内存"), _size(workbook_child.MEMORY)),
        (_words("levels of JSON", "JSON 的嵌套层数"), f"{json_faults.MOST_LEVELS}"),
        (_words("text of an interaction (shortened)", "一条跟进记录的文字（超出部分截去）"), _size(timeline.MOST_TEXT)),
        (
            _words("a customer's record (the oldest interactions stay out)", "一位客户的记录（最早的跟进记录不导入）"),
            _size(timeline.MOST_RECORD),
        ),
    )
    yield from _table((_words("What", "项目"), _words("At most", "上限")), rows)


def _size(number: int) -> str:
    unit = next(
        unit for unit in ("GiB", "MiB", "KiB") if number >= {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10}[unit]
    )
    return f"{number >> {'GiB': 30, 'MiB': 20, 'KiB': 10}[unit]} {unit}"


def _anchor(title: str) -> str:
    return title.casefold().replace(" ", "-")


def _sheets(mapping: SystemMapping) -> str:
    return _(", ").join(dict.fromkeys(_words(*SHEETS[sheet.object]) for sheet in mapping.sheets))


def _about(mapping: SystemMapping) -> str:
    zone = _words(f"; dates are in {mapping.timezone}", f"；日期按 {mapping.timezone} 时区") if mapping.timezone else ""
    known = profiles.known_from(mapping)
    return _words(
        f"Known from {known}{zone}. All columns: `crmtext import --show {mapping.name}`",
        f"依据：{known}{zone}。全部列：`crmtext import --show {mapping.name}`",
    )


def _sheet(names: Names, sheet: SheetMapping, unused: Sequence[str]) -> Iterator[str]:
    needed = " + ".join([*(_names(one, " / ") for one in sheet.headers), *(f"`{one}`" for one in sheet.groups)])
    yield from ("", f"### {_words(*SHEETS[sheet.object])}")
    yield from ("", _words("Recognised by", "识别依据") + f"{_colon()}{needed}", "")
    by_field: dict[str, list[str]] = {}
    for column, target in sheet.columns.items():
        if target.to:
            by_field.setdefault(target.to, []).append(column)
    yield from _table(
        (_words("Columns", "列"), _words("Field", "字段"), _words("Path", "路径")),
        ((_names(columns), _label(names, field), f"`{field}`") for field, columns in by_field.items()),
    )
    yield from _values(names, sheet)
    facts = [*_facts(sheet, unused)]
    if facts:
        yield from ("", *facts)


def _going_out(names: Names, mapping: SystemMapping, outgoing: Outgoing) -> Iterator[str]:
    """What an export to a system writes, in the order of loading, and what it has no place for."""
    outputs = [(sheet, output) for sheet in mapping.sheets for output in sheet.outputs]
    typed = f"`crmtext export --to {mapping.name} -o {_words('FOLDER', '文件夹')}/`"
    yield from ("", f"### {_words('Export to it', '导出到该系统')}", "", f"{typed}{_colon()}{pick(outgoing.load)}", "")
    yield from _table(
        (_words("File", "文件"), _words("Rows", "内容"), _words("Columns", "列")),
        (
            (f"`{one.file}.{outgoing.ending}`", _words(*SHEETS[sheet.object]), _names(one.columns))
            for sheet, one in outputs
        ),
    )
    targets = {target_of(sheet, column) for sheet, one in outputs for column in one.columns}
    targets = {re.sub(r"\[\w+\]", "", target) for target in targets}
    targets |= {"id", "type", "opportunities.closed", "interactions.details", "interactions.summary", "sources.date"}
    targets |= {"contacts.name", "interactions.contact", "interactions.channel", "external_ids", "addresses.kind"}
    targets |= {
        f"{name}.external_ids" for name in ("contacts", "opportunities", "interactions", "cases", "transactions")
    }
    targets |= {"cases.closed", "person.title"}
    if any(one.groups for _sheet, one in outputs):
        # Own fields become columns of a form.
        targets |= {"custom"}
    if any(sheet.object == "tasks" for sheet, _one in outputs):
        targets |= {f"interactions.next.{key}" for key in ("action", "due", "by")}
    yield from ("", f"{_words('No place for', '没有对应位置')}{_colon()}{_(', ').join(_lost(names, targets))}")
    lines = [*_wordless(names, outputs)]
    yield from ("", *lines) if lines else ()


def _lost(names: Names, targets: set[str]) -> Iterator[str]:
    """The fields that no column has: a list or map of which nothing goes out is named once."""
    for top in names.schema.fields:
        paths = [one.path.replace("[]", "") for one in top.walk() if not one.path.endswith("[]")]
        if not any(target == top.key or target.startswith(f"{top.key}.") for target in targets):
            yield top.label
            continue
        inner = {path.rpartition(".")[0] for path in paths}
        for path in paths:
            if path not in (*inner, *targets, *SEALED) and path.rpartition(".")[0] not in targets:
                yield _label(names, path)


def _wordless(names: Names, outputs: Iterable[tuple[SheetMapping, Output]]) -> Iterator[str]:
    """The values that the system has no word for."""
    known: dict[str, set[str]] = {}
    for sheet, output in outputs:
        for column in output.columns:
            own = sheet.columns.get(column)
            table = profiles.meanings(sheet, own) if own else {}
            if table and (field := names.fields.get(own.to if own else "")) and field.choices:
                known.setdefault(field.path.replace("[]", ""), set()).update(table.values())
    for path, values in known.items():
        missing = [choice for choice in names.fields[path].choices if choice.value not in values]
        if missing:
            shown = _(", ").join(f"{pick(choice.labels)} `{choice.value}`" for choice in missing)
            yield f"- {_words('No word for', '没有对应的值')}{_colon()}{_label(names, path)}{_colon()}{shown}"


def _values(names: Names, sheet: SheetMapping) -> Iterator[str]:
    """The values that the schema's own names don't know, by field and meaning."""
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for target in sheet.columns.values():
        for value, meaning in profiles.meanings(sheet, target).items():
            rows.setdefault((target.to, meaning), {})[value] = None
    if rows:
        yield ""
        yield from _table(
            (_words("Field", "字段"), _words("Value", "值"), _words("In the file", "文件中的值")),
            ((_label(names, field), _value(names, field, to), _names(values)) for (field, to), values in rows.items()),
        )


def _facts(sheet: SheetMapping, unused: Sequence[str]) -> Iterator[str]:
    if sheet.id:
        yield f"- {_words('Id of the row', '行的编号')}{_colon()}{_names(sheet.id)}"
    if sheet.of:
        ways = _(", ").join(f"`{join.column}` ({_words(*WAYS[join.by])})" for join in sheet.of)
        first = _words("The customer, by the first that is filled", "所属客户，取第一个有值的列")
        yield f"- {first}{_colon()}{ways}"
    for column, values in sheet.leave_out.items():
        yield f"- {_words('Rows left out', '不导入的行')}{_colon()}`{column}` = {_names(values, ' / ')}"
    links = {*sheet.id, *(join.column for join in sheet.of), *unused}
    here = [column for column, target in sheet.columns.items() if not target.to and column not in links]
    if here:
        yield f"- {_words('Not imported from this sheet', '此表不导入的列')}{_colon()}{_names(here)}"


def _unused(mapping: SystemMapping) -> list[str]:
    """The columns that no sheet of a system imports or joins by."""
    used = {column for sheet in mapping.sheets for column, target in sheet.columns.items() if target.to}
    used |= {column for sheet in mapping.sheets for column in (*sheet.id, *(join.column for join in sheet.of))}
    every = dict.fromkeys(column for sheet in mapping.sheets for column in sheet.columns)
    return [column for column in every if column not in used]


def _label(names: Names, path: str) -> str:
    """A field in words: its labels from the outside in."""
    if path in SPECIAL:
        return _words(*SPECIAL[path])
    if path in SEALED or path.startswith("addresses[home]"):
        return _words("left out with a count: it can be stored only sealed", "不导入，只显示数量：只能加密保存")
    head, _dot, rest = path.partition(".")
    if head == "custom":
        return _words(f"own field {rest}", f"自定义字段 {rest}")
    kind = head[head.index("[") + 1 : -1] if "[" in head else ""
    top = names.fields[head.partition("[")[0]]
    labels = [pick(top.labels)]
    if kind:
        choice = next(one for one in names.fields["addresses.kind"].choices if one.value == kind)
        labels = [f"{labels[0]} ({pick(choice.labels)})"]
    parts = rest.split(".") if rest else []
    for length in range(len(parts)):
        field = names.fields.get(".".join((top.key, *parts[: length + 1])))
        labels.append(pick(field.labels) if field and field.labels else parts[length])
    return _words(": ", "：").join(labels)


def _value(names: Names, path: str, value: str) -> str:
    field = names.fields.get(path)
    choice = next((one for one in field.choices if one.value == value), None) if field else None
    if choice:
        return f"{pick(choice.labels)} `{value}`"
    return f"`{value}`" if value else _words("left out", "不导入")


def _names(names: Iterable[str], between: str = "") -> str:
    return (between or _(", ")).join(f"`{name}`" for name in names)


def _words(en: str, zh: str) -> str:
    return pick({"en": en, "zh": zh})


def _colon() -> str:
    return _words(": ", "：")


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in (heads, ("---",) * len(heads), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
