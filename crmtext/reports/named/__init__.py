"""Named reports: each is a module here with `def report(context: Context) -> Report`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from crmtext.i18n import N_, translations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmtext.reports.context import Context, Report


class Named(NamedTuple):
    """How a report is named to people."""

    label: str
    #: Other names that people type.
    synonyms: tuple[str, ...] = ()


#: The reports by name, in the order in which they are listed.
NAMED: Mapping[str, Named] = {
    "today": Named(N_("Today"), ("due", "agenda", "今天", "日程")),
    "basic": Named(N_("Basic information"), ("基础信息", "客户基础信息表")),
    "classification": Named(N_("Classification"), ("分类", "分类信息", "客户分类")),
    "followup": Named(N_("Follow-up table"), ("follow-up", "followups", "跟进", "跟进记录")),
    "pipeline": Named(N_("Pipeline"), ("deals", "forecast", "销售漏斗", "漏斗", "商机漏斗")),
    "value": Named(N_("Customer value"), ("rfm", "价值")),
    "receivables": Named(N_("Receivables"), ("receivable", "应收款", "应收账款", "账龄")),
    "loss": Named(N_("Lost customers"), ("churn", "客户流失", "流失率")),
    "satisfaction": Named(N_("Satisfaction"), ("客户满意度",)),
    "cases": Named(N_("Cases"), ("case", "tickets", "售后", "售后工单")),
    "effect": Named(N_("Effect of follow-ups"), ("effects", "跟进效果分析")),
    "workload": Named(N_("Workload"), ("load", "负荷", "工作量")),
    "quality": Named(N_("Data quality"), ("completeness", "完整度", "数据完整度")),
    "trends": Named(N_("Trends"), ("trend", "history", "走势", "趋势分析")),
}


def named(typed: str) -> str:
    """Return the name of the report with this name, label or synonym, in either language; empty if there is none."""
    folded = typed.strip().casefold()
    for name, one in NAMED.items():
        known = (name, *translations(one.label).values(), *one.synonyms)
        if folded in (word.casefold() for word in known):
            return name
    return ""


def make(name: str, context: Context) -> Report:
    """Return the report with this name."""
    report = cast("Callable[[Context], Report]", import_module(f"{__name__}.{name}").report)
    return report(context)
