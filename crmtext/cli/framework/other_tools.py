"""Words that people bring along from other programs, and what does the same here."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OVERDUE = "list --where overdue"
_BY_NAME = "list --where \"'TEXT' in name\""
_LOG = "log CUSTOMER CHANNEL TEXT"

#: Commands that there are not, by the command that does it.
COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("find", "card", "view", "get", "open", "查看", "查找"), "show CUSTOMER"),
        **dict.fromkeys(("search", "grep", "搜索"), _BY_NAME),
        **dict.fromkeys(("due", "agenda", "todo", "overdue", "today", "待办"), _OVERDUE),
        **dict.fromkeys(("ls", "customers", "列表", "列出"), "list"),
        **dict.fromkeys(("new", "create", "新增", "新建"), "add NAME --type TYPE"),
        **dict.fromkeys(("note", "record", "interaction", "记录", "跟进"), _LOG),
        **dict.fromkeys(("call", "phone", "电话"), "log CUSTOMER phone TEXT"),
        **dict.fromkeys(("visit", "拜访"), "log CUSTOMER visit TEXT"),
        **dict.fromkeys(("update", "change", "modify", "修改"), "set CUSTOMER KEY=VALUE"),
        **dict.fromkeys(("assign", "owner", "reassign"), "set CUSTOMER owner=COLLEAGUE"),
        **dict.fromkeys(("contact", "contacts", "联系人"), "append CUSTOMER contacts name=NAME"),
        **dict.fromkeys(("opportunity", "deal"), "append CUSTOMER opportunities title=TITLE stage=STAGE"),
        **dict.fromkeys(("case", "ticket"), "append CUSTOMER cases kind=KIND summary=TEXT"),
        "tag": "set CUSTOMER tags+=TAG",
        "next": "log CUSTOMER CHANNEL TEXT --next STEP --due DATE",
        **dict.fromkeys(("delete", "remove", "del", "删除"), "rm CUSTOMER"),
        **dict.fromkeys(("mv", "move"), "rename CUSTOMER --id NEW"),
        **dict.fromkeys(("transfer", "移交", "交接"), "handover --from COLLEAGUE --to COLLEAGUE"),
        **dict.fromkeys(("lint", "validate", "verify", "检查"), "check"),
        **dict.fromkeys(("fix", "repair"), "check --fix"),
        **dict.fromkeys(("push", "pull", "fetch", "同步"), "sync"),
        **dict.fromkeys(("export", "csv", "导出"), "list --format csv"),
        **dict.fromkeys(("stats", "dashboard", "reports", "报表"), "report"),
        **dict.fromkeys(("timeline", "blame"), "history CUSTOMER"),
        **dict.fromkeys(("revert", "撤销"), "undo"),
        **dict.fromkeys(("settings", "设置"), "config"),
        "帮助": "help",
        "version": "--version",
    }
)

#: Options that a command has not, by what does it.
OPTIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **dict.fromkeys((("list", "--overdue"), ("list", "--late")), _OVERDUE),
        ("list", "--due"): "list --where next_due --sort next_due",
        **dict.fromkeys((("list", "--search"), ("list", "--name"), ("list", "--find")), _BY_NAME),
        ("list", "--region"): "list --where \"'上海' in region\"",
        ("list", "--priority"): "list --where \"priority == 'key'\"",
        **dict.fromkeys((("list", "--filter"), ("list", "--query")), "list --where EXPR"),
        **dict.fromkeys((("list", "--all"), ("list", "-a")), "list"),
        **dict.fromkeys((("list", "--order"), ("list", "--order-by")), "list --sort KEY"),
        **dict.fromkeys((("list", "--fields"), ("list", "--show")), "list --columns A,B"),
        **dict.fromkeys((("list", "-n"), ("list", "--top")), "list --limit N"),
        ("list", "--csv"): "list --format csv",
        **dict.fromkeys((("log", name) for name in ("--channel", "--text", "--summary", "--note")), _LOG),
        **dict.fromkeys((("log", "--result"), ("log", "--status")), "log CUSTOMER CHANNEL TEXT --outcome OUTCOME"),
        ("log", "--when"): "log CUSTOMER CHANNEL TEXT --date DATE",
        ("log", "--who"): "log CUSTOMER CHANNEL TEXT --by COLLEAGUE",
        ("add", "--name"): "add NAME --type TYPE",
        ("add", "--phone"): "add NAME --set phones=NUMBER",
        ("add", "--email"): "add NAME --set emails=ADDRESS",
        ("add", "--contact"): "add NAME --set contacts.name=NAME",
        ("add", "--source"): "add NAME --set sources.channel=CHANNEL",
        ("add", "--tag"): "add NAME --set tags=TAG",
        ("append", "--set"): "append CUSTOMER LIST KEY=VALUE",
        ("status", "--to"): "status CUSTOMER NEW",
        ("handover", "--owner"): "handover --from COLLEAGUE --to COLLEAGUE",
        ("changes", "--days"): "changes --since -7d",
        ("diff", "--since"): "diff DATE",
        ("history", "--since"): "changes --since DATE",
        ("report", "--html"): "report --format html",
        ("report", "--markdown"): "report --format markdown",
        ("show", "--yaml"): "show CUSTOMER --format yaml",
        ("check", "--all"): "check",
    }
)


def instead_of_option(command: str, option: str, known: Mapping[str, object]) -> str:
    """What to write instead of an option that a command has not; empty if nothing comes near."""
    if option == "--json" and "--format" in known:
        return f"{command} --format json"
    return OPTIONS.get((command, option), "")
