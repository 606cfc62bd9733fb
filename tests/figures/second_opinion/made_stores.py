"""Stores with everything that makes figures wrong: refunds, ties, missing values, several currencies, the future."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

TODAY = date(2026, 11, 20)
SETTINGS = """\
[store]
timezone = "Asia/Shanghai"
currency = "CNY"
commit = "never"

[team.lilei]
name = "李雷"
email = "lilei@example.com"

[team.hanmei]
name = "韩梅"
email = "hanmei@example.com"

[team.liuyang]
name = "刘洋"
email = "liuyang@example.com"
active = false

[opportunities]
probability = { discovery = 5, proposal = 62 }

[products.VB-10]
name = "振动传感器"
category = "传感器"
aliases = ["VB10", "Vibration Sensor"]

[products.EG-30]
name = "边缘网关"
category = "网关"

[products.SV]
name = "驻场巡检"
"""
RULES = """
[followup]
[[followup.rules]]
name = "月度拜访"
where = "value == 'high' and status == 'active'"
every_days = 30
channel = "visit"

[[followup.rules]]
name = "线索"
where = "status in ['lead', 'prospect']"
every_days = 7
channel = ["phone", "wechat"]

[[followup.rules]]
name = "流失"
where = "status == 'lost'"
every_days = 0

[[followup.rules]]
name = "其他"
every_days = 60
"""
#: Settings of RFM, each to be tried.
RFM = (
    "",
    '[rfm]\nmode = "limits"\nmonetary = { CNY = [100, 12000, 20000, 50000] }\n',
    '[rfm]\nmode = "rank"\nsplit = "mean"\nwindow_days = 400\n',
)
#: Few days far apart: ties are common, and every limit is met on both sides.
AGES = (0, 0, 1, 6, 7, 13, 14, 15, 29, 30, 31, 44, 60, 61, 89, 90, 91, 120, 180, 181, 330, 364, 365, 366, 400, 500, 731)
AMOUNTS = (-20, -0.5, 0, 0.1, 0.2, 0.125, 100, 100, 333.33, 12000, 12000, 99999.99)
PRODUCTS = ("VB-10", "vb10", "ＶＢ－１０", "Vibration  Sensor", "边缘网关", "EG-30", "SV", "未列产品", "Zeta")
OWNERS = ("lilei", "lilei", "hanmei", "liuyang")
PROVINCES = ("江苏省", "江苏", "广东省", "上海市", "内蒙古自治区", "Bayern")


class Maker:
    """Makes customers from a source of random choices."""

    def __init__(self, random: Random, today: date = TODAY) -> None:
        self.random, self.today = random, today

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def day(self, ahead: float = 0.15) -> str:
        days = self.random.choice(AGES)
        return str(self.today + timedelta(days) if self.maybe(ahead) else self.today - timedelta(days))

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def some(self, make: Any, most: int = 4) -> list[Any]:
        return [make() for _ in range(self.random.randint(0, most))]

    def map(self, required: dict[str, Any], **optional: Any) -> dict[str, Any]:
        """A map with these values, and with some of the optional ones."""
        return required | {key: value for key, value in optional.items() if self.maybe(0.6)}

    def money(self, **more: Any) -> dict[str, Any]:
        return self.map({}, currency=self.pick("CNY", "CNY", "EUR", "USD")) | more

    def transaction(self) -> dict[str, Any]:
        day = self.day()
        paid = date.fromisoformat(day) + timedelta(self.pick(0, 10, 30, 95))
        items = [
            self.map(
                {"product": self.pick(*PRODUCTS)}, quantity=self.pick(1, 2, 2.5, 12), price=self.pick(0.1, 20, 333.33)
            )
            for _ in range(self.random.randint(0, 3))
        ]
        return self.map(
            {"date": day, "amount": self.pick(*AMOUNTS)} | self.money() | ({"items": items} if items else {}),
            payment_due=self.day(0.3),
            paid=str(paid),
            rating=self.random.randint(1, 5),
            payment_method=self.pick("cash", "card"),
        )

    def deal(self, number: int) -> dict[str, Any]:
        stage = self.pick("discovery", "qualified", "proposal", "negotiation", "won", "lost")
        ended = {"closed": self.day(0.05)} if stage in ("won", "lost") and self.maybe(0.9) else {}
        if stage == "lost" and self.maybe(0.7):
            ended |= {
                "lost_category": self.pick("price", "product", "other"),
                "lost_reason": self.pick("太贵", "Too dear", "too  dear"),
            }
        return self.map(
            {"title": f"商机 {number}", "stage": stage} | self.money() | ended,
            amount=abs(self.pick(*AMOUNTS)),
            probability=self.pick(0, 33, 62.5, 100),
            expected_close=self.day(0.5),
            owner=self.pick(*OWNERS),
            products=self.random.sample(PRODUCTS, self.random.randint(1, 2)),
        )

    def interaction(self) -> dict[str, Any]:
        step = self.map(
            {"action": self.pick("回电", "报价")}, due=self.day(0.5), done=self.day(0), by=self.pick(*OWNERS)
        )
        return self.map(
            {
                "date": self.day(),
                "by": self.pick(*OWNERS),
                "channel": self.pick(
                    "phone",
                    "phone",
                    "visit",
                    "email",
                    "wechat",
                    "sms",
                    "social",
                    "note",
                    "handover",
                    "other",
                    "online-meeting",
                    "exhibition",
                ),
                "summary": self.pick("谈了", "回了"),
            }
            | ({"next": step} if self.maybe(0.3) else {}),
            direction=self.pick("in", "out"),
            outcome=self.pick("positive", "neutral", "negative", "no-answer", "done"),
        )

    def case(self, number: int) -> dict[str, Any]:
        opened = self.day(0.05)
        closed = date.fromisoformat(opened) + timedelta(self.pick(0, 1, 2, 5, 40))
        return self.map(
            {
                "opened": opened,
                "kind": self.pick("question", "complaint", "repair"),
                "summary": f"工单 {number}",
                **self.pick({"status": "open"}, {"status": "pending"}, {"status": "closed", "closed": str(closed)}),
            },
            owner=self.pick(*OWNERS),
            score=self.random.randint(1, 5),
            product=self.pick(*PRODUCTS),
            cause=self.pick("接线", "环路"),
        )

    def opinion(self) -> dict[str, Any]:
        return self.map(
            {"date": self.day(), "kind": self.pick("survey", "survey", "praise", "complaint")},
            score=self.random.randint(1, 5),
            product=self.pick(*PRODUCTS),
            text=self.pick("好", "差"),
        )

    def need(self, number: int) -> dict[str, Any]:
        return self.map(
            {"description": f"需求 {number}"},
            kind=self.pick("purchase", "consulting"),
            product=self.pick(*PRODUCTS[:4]),
            confirmed=self.day(0.05),
            status=self.pick("open", "open", "met"),
        )

    def consent(self) -> dict[str, Any]:
        return self.map({"date": self.day(0), "basis": self.pick("consent", "contract")}, withdrawn=self.day(0))

    def customer(self, number: int) -> dict[str, Any]:
        kind, status = (
            self.pick("company", "institution", "other"),
            self.pick("lead", "prospect", "active", "active", "paused", "lost"),
        )
        lists = {
            "transactions": self.some(self.transaction, 6),
            "opportunities": [self.deal(n) for n in range(self.random.randint(0, 4))],
            "interactions": self.some(self.interaction, 6),
            "needs": [self.need(n) for n in range(self.random.randint(0, 2))],
            "consents": self.some(self.consent, 2),
            "cases": [self.case(n) for n in range(self.random.randint(0, 3))],
            "feedback": self.some(self.opinion, 3),
            "sources": self.some(lambda: self.map({"channel": self.pick("website", "referral")}, date=self.day(0))),
            "addresses": self.some(
                lambda: self.map(
                    {"country": "CN"}, kind=self.pick("registered", "office"), province=self.pick(*PROVINCES), city="城"
                ),
                2,
            ),
            "tags": self.random.sample(("vip", "SMT", "老客户"), self.random.randint(0, 2)),
        }
        since = self.day(0.05)
        cooperation = self.map(
            {},
            since=self.pick(since, since[:7], since[:4]),
            products=self.random.sample(PRODUCTS, 2),
        )
        # Only active customers can have a score: the others would be left out.
        if status == "active":
            cooperation |= self.map(
                {}, satisfaction=self.map({"score": self.random.randint(1, 5)}, date=self.day(0.05))
            )
        return self.map(
            {
                "id": f"C20240501{number:03}",
                "name": f"示例客户{number:03}号",
                "type": kind,
                "status": status,
                "owner": self.pick(*OWNERS),
                "contacts": [self.map({"name": "张三"}, phones=["13800138000"], left=self.pick(True, self.day()))],
                **{key: value for key, value in lists.items() if value},
                **(
                    {"churn": self.map({"date": self.day(0)}, category=self.pick("price", "service"), win_back="再谈")}
                    if status == "lost"
                    else {}
                ),
                **({"cooperation": cooperation} if cooperation else {}),
            },
            classification=self.map({"value": self.pick("high", "medium", "low")}, segment=self.pick("甲", "乙")),
            priority=self.pick("key", "normal", "low"),
            industry=self.pick("C34", "C39"),
            verified={"date": self.day(0)},
            credit=self.money(limit=self.pick(0, 100, 12000)),
            emails=["a@b.example"],
        )


def write(folder: Path, customers: list[dict[str, Any]], settings: str = SETTINGS) -> Path:
    """A store of these customers, written as JSON, which is YAML."""
    (folder / "records").mkdir(parents=True, exist_ok=True)
    (folder / "crmtext.toml").write_text(settings, "utf-8")
    for one in customers:
        file = next((folder / "records").rglob(f"{one['id']}*.yaml"), folder / f"records/{one['id']}.yaml")
        text = json.dumps(one, ensure_ascii=False)
        file.write_text(text + "\n", "utf-8")
    return folder


class History:
    """A store in git that changes from commit to commit."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.random = folder, random
        self.customers: dict[str, dict[str, Any]] = {}
        self.number = 0
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, at: str = "") -> None:
        env = os.environ | ({"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at} if at else {})
        subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True, env=env)

    def commit(self, at: str, settings: str = SETTINGS) -> None:
        """Commit the customers as they are."""
        write(self.folder, list(self.customers.values()), settings)
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "change", at=at)

    def add(self, day: date) -> None:
        """A new customer, made with this day as today."""
        one = Maker(self.random, day).customer(self.number)
        self.number += 1
        for place, deal in enumerate(one.get("opportunities", ())):
            if self.random.random() < 0.5:
                deal["external_ids"] = {"erp": f"{one['id']}-{place}"}
        self.customers[one["id"]] = one

    def remove(self, id_: str) -> None:
        del self.customers[id_]
        next((self.folder / "records").rglob(f"{id_}*.yaml")).unlink()

    def change(self, day: date) -> None:
        """Change a customer, move or rename its deals, its file, or unite it with another."""
        id_ = self.random.choice(sorted(self.customers))
        one, maker = self.customers[id_], Maker(self.random, day)
        one["owner"] = maker.pick(*OWNERS)
        one["status"] = maker.pick("lead", "prospect", "paused", "lost", one["status"])
        if one["status"] != "active":
            one.get("cooperation", {}).pop("satisfaction", None)
        for deal in one.get("opportunities", ()):
            if maker.maybe(0.6):
                deal["stage"] = maker.pick("discovery", "qualified", "proposal", "negotiation", "won", "lost")
                if deal["stage"] in ("won", "lost"):
                    deal["closed"] = str(day)
            if "external_ids" in deal and maker.maybe(0.3):
                deal["title"] += " 新名"
        one.setdefault("transactions", []).append(maker.transaction())
        if maker.maybe(0.2):
            file = next((self.folder / "records").rglob(f"{id_}*.yaml"))
            file.rename(file.with_name(f"{id_}-新名.yaml"))
        others = sorted({*self.customers} - {id_})
        if others and maker.maybe(0.15):
            other = self.random.choice(others)
            one["merged_from"] = sorted({*one.get("merged_from", ()), other})
            self.remove(other)


def history(folder: Path, random: Random, commits: int = 8) -> Path:
    """A store with commits every 18 days, the first at the end of a month, and at midnight of its time zone."""
    past = History(folder, random)
    for _ in range(5):
        past.add(date(2026, 6, 20))
    past.commit("2026-06-20T09:00:00+08:00")
    for place in range(commits):
        day = date(2026, 6, 30) + timedelta(days=18 * place)
        past.add(day) if random.random() < 0.5 else past.change(day)
        past.commit(
            f"{day}T{random.choice(('00:10', '12:00', '23:50'))}:00+08:00", SETTINGS.replace("62", str(60 + place % 3))
        )
        past.change(day)
        past.commit(f"{day}T23:59:30+08:00")
    return folder
