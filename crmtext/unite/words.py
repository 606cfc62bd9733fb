"""Headers and decisions of the workbook of likely duplicates, in both languages: either comes back."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "group": {"en": "Group", "zh": "组"},
        "decision": {"en": "Decision", "zh": "决定"},
        "one": {"en": "Customer A", "zh": "编号 A"},
        "one_name": {"en": "Name A", "zh": "名称 A"},
        "other": {"en": "Customer B", "zh": "编号 B"},
        "other_name": {"en": "Name B", "zh": "名称 B"},
        "score": {"en": "Score", "zh": "相似度"},
        "reasons": {"en": "Reasons", "zh": "理由"},
        "differ": {"en": "Fields that differ", "zh": "不同字段"},
    }
)
DECISIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "same": {"en": "same", "zh": "同一客户"},
        "different": {"en": "different", "zh": "不同客户"},
        "later": {"en": "later", "zh": "暂不处理"},
    }
)
