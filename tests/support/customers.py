"""Three customers to change: a prospect with comments, an active one, a person; the two refer to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmtext.record.change.write import WriteOptions
from crmtext.schema import Schema
from crmtext.store import Store
from crmtext.text.read.load import parse_text

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from crmtext.text.document import Document

#: Those who are there, and one who has left.
SETTINGS = """\
store.commit = "never"
[team.lilei]
name = "李雷"
email = "lilei@example.com"
[team.hanmei]
name = "韩梅"
email = "hanmei@example.com"
[team.liuyang]
name = "刘洋"
active = false
"""

RECORD = """\
# 展会老线索
id: C20240501K7QM
name: 上海示例电子有限公司
type: company
status: prospect   # 谈价中
owner: lilei

contacts:
  - name: 张三
    title: 采购经理
    phones: ["13800138000"]  # 白天
  - name: 李四
tags: [SMT, 温湿度]
needs:
  - description: 64 点温湿度
    budget: {min: 180000}
interactions:
  - date: 2026-05-01
    by: lilei
    channel: phone
    summary: 客户确认需求细节
    next:
      action: 发送方案
      due: 2026-05-10
  # 之后都归韩梅
  - date: 2026-11-18
    by: hanmei
    channel: wechat
    summary: 希望总价降 5%
custom:
  停车: 东门登记
"""

ACTIVE = """\
id: C20250101AAAA
name: 武汉合作客户有限公司
type: company
status: active
owner: hanmei
contacts:
  - name: 王五
tags: [vip]
cooperation:
  since: 2025-01-01
  products: [TH-200]
  satisfaction: {score: 4, date: 2026-09-18, by: lilei, comment: 很稳定}
relations:
  - id: C20240501K7QM
    kind: partner
"""

PERSON = """\
id: C20250202PPPP
name: 王小明
type: person
status: lead
owner: lilei
phones: ["13900139000"]
person:
  birth_date: 1990-05
  company_id: C20240501K7QM
"""

PATH = "records/华东/C20240501K7QM-shili.yaml"
ACTIVE_PATH = "records/C20250101AAAA.yaml"
PERSON_PATH = "records/C20250202PPPP.yaml"
FILES = {PATH: RECORD, ACTIVE_PATH: ACTIVE, PERSON_PATH: PERSON}

WRITE = WriteOptions()


def store(folder: Path, files: dict[str, str] | None = None) -> Store:
    """A store with these records."""
    for path, text in {"crmtext.toml": SETTINGS, **(FILES if files is None else files)}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return Store(folder)


def read(made: Store, path: str = PATH) -> str:
    """The text of a record."""
    return (made.root / path).read_bytes().decode()


def data(made: Store, path: str = PATH) -> Any:
    """The data of a record."""
    return parse_text(read(made, path), path).data


def document(text: str = RECORD) -> Document:
    """A record that lies in no store."""
    return parse_text(text, PATH)


def lines(before: str, after: str) -> list[str]:
    """The lines that were taken away and put in, in the order of the text, and nothing else."""
    from difflib import unified_diff

    return [
        line
        for line in unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
        if line[:3] not in {"---", "+++"} and not line.startswith("@@")
    ]


SCHEMA = Schema.shipped()
