"""An export that is imported into a store every week, while people edit the records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from import_runs import git, imported

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "客户编号,客户名称,客户类型,合作状态,负责人,电话,行业,网址,标签"
ROWS = {
    "K1": "K1,苏州明远机械有限公司,企业,潜在客户,李雷,0512-68001001,机械,,展会、老客户",
    "K2": "K2,上海云帆信息有限公司,企业,潜在客户,韩梅,021-68001002,软件,,",
    "K3": "K3,杭州青禾食品有限公司,企业,潜在客户,韩梅,0571-68001003,食品,,",
}
DEALS = """商机编号,客户编号,客户名称,商机名称,商机阶段,商机金额
D1,K1,苏州明远机械有限公司,贴片机,初步接洽,50000
D2,K2,上海云帆信息有限公司,年度服务,初步接洽,8000
"""
PEOPLE = """联系人编号,客户编号,客户名称,姓名,职位,手机
P1,K1,苏州明远机械有限公司,张三,经理,13800000101
P2,K1,苏州明远机械有限公司,李四,采购,13800000102
"""
NAMES = {"K1": "明远", "K2": "云帆", "K3": "青禾"}


class Weekly:
    """A store, and the export that is imported into it."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.rows = dict(ROWS)
        self.files = {"商机.csv": DEALS, "联系人.csv": PEOPLE}
        self.header = HEADER

    def replace(self, old: str, new: str) -> None:
        """Change the source."""
        whole = [self.header, *self.rows.values(), *self.files.values()]
        assert any(old in text for text in whole), old
        self.rows = {key: row.replace(old, new) for key, row in self.rows.items()}
        self.files = {name: text.replace(old, new) for name, text in self.files.items()}

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        return imported(self.write(), "--from", "erp", *words)

    def write(self) -> str:
        """Write the export, and return its folder."""
        folder = self.store.parent / "export"
        folder.mkdir(exist_ok=True)
        text = "\n".join([self.header, *self.rows.values()]) + "\n"
        for name, content in {"客户.csv": text, **self.files}.items():
            (folder / name).write_text(content, "utf-8")
        return str(folder)

    def first(self) -> None:
        (self.store / "import").mkdir()
        (self.store / "import" / "erp.toml").write_text(MAPPING, "utf-8")
        git(self.store, "add", "-A")
        git(self.store, "commit", "-q", "-m", "mapping")
        code, plan = self.run()
        assert (code, plan["counts"]["customers"]["new"]) == (0, 3), plan

    def path(self, key: str) -> Path:
        [path] = [
            path for path in (self.store / "records").rglob("*.yaml") if f"erp: {key}\n" in path.read_text("utf-8")
        ]
        return path

    def text(self, key: str) -> str:
        return self.path(key).read_text("utf-8")

    def edit(self, key: str, old: str, new: str, *, commit: bool = True) -> None:
        """Edit a record as a colleague would."""
        path = self.path(key)
        text = path.read_text("utf-8")
        assert old in text, text
        path.write_text(text.replace(old, new), "utf-8")
        if commit:
            git(self.store, "commit", "-q", "-am", "edit")

    def nothing(self, *words: str) -> dict[str, Any]:
        """Import; nothing changes."""
        before = git(self.store, "rev-parse", "HEAD"), git(self.store, "status", "--porcelain")
        code, plan = self.run(*words)
        assert (code, plan["commit"], plan["counts"]["customers"]["changed"], plan["conflicts"]) == (0, None, 0, [])
        assert (git(self.store, "rev-parse", "HEAD"), git(self.store, "status", "--porcelain")) == before
        return plan

    def conflict(self, *fields: str) -> dict[str, Any]:
        """Import; these fields stop it."""
        before = {path: path.read_text("utf-8") for path in (self.store / "records").rglob("*.yaml")}
        code, plan = self.run()
        assert (code, [one["field"] for one in plan["conflicts"]]) == (1, [*fields])
        assert {path: path.read_text("utf-8") for path in (self.store / "records").rglob("*.yaml")} == before
        return plan


MAPPING = """source = "erp"

[[sheet]]
is = "customers"
when = { file = "客户*" }
id = "客户编号"
[sheet.columns]
"客户名称" = "name"
"客户类型" = "type"
"合作状态" = "status"
"负责人" = "owner"
"电话" = "phones"
"行业" = "industry"
"网址" = "website"
"标签" = "tags"

[[sheet]]
is = "opportunities"
when = { file = "商机*" }
id = "商机编号"
of = [{ column = "客户编号", by = "id" }]
[sheet.columns]
"商机名称" = "opportunities.title"
"商机阶段" = "opportunities.stage"
"商机金额" = "opportunities.amount"

[[sheet]]
is = "contacts"
when = { file = "联系人*" }
id = "联系人编号"
of = [{ column = "客户编号", by = "id" }]
[sheet.columns]
"姓名" = "contacts.name"
"职位" = "contacts.title"
"手机" = "contacts.phones"
"""
