"""A store in DuckDB: the records as `list --format json` prints them, the settings, and a plain walk of git."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SQL = Path(__file__).parent / "sql"
STAGES = ("discovery", "qualified", "proposal", "negotiation", "won", "lost")
CHANCES = {"discovery": 10, "qualified": 30, "proposal": 50, "negotiation": 75}
REGIONS = {
    "华东": "上海 江苏 浙江 安徽 福建 江西 山东",
    "华北": "北京 天津 河北 山西 内蒙古",
    "华南": "广东 广西 海南",
    "华中": "河南 湖北 湖南",
    "西南": "重庆 四川 贵州 云南 西藏",
    "西北": "陕西 甘肃 青海 宁夏 新疆",
    "东北": "辽宁 吉林 黑龙江",
}
STALE = {"high": 14, "medium": 30, "low": 90, "default": 30}
RFM = {
    "mode": "auto",
    "window_days": 365,
    "split": "median",
    "recency": [30, 90, 180, 365],
    "frequency": [2, 4, 6, 12],
}
#: Conditions of follow-up rules, each as SQL over the table `customer`.
CONDITIONS = {
    "": "TRUE",
    "value == 'high' and status == 'active'": "value = 'high' AND status = 'active'",
    "status in ['lead', 'prospect']": "status IN ('lead', 'prospect')",
    "status == 'lost'": "status = 'lost'",
}


def answer(text: str) -> Any:
    """A JSON document whose numbers are Decimals."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def plain(written: str) -> str:
    """A product as people write it in one form."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", written).casefold())


class Opinion:
    """A second opinion about a store."""

    def __init__(
        self, listed: str, settings: str, today: date, created: Mapping[str, date | None] | None = None
    ) -> None:
        self.db = duckdb.connect(config={"threads": 1})
        self.toml = tomllib.loads(settings)
        # Numbers as texts: SQL makes decimals of them, and no float touches an amount.
        records = json.loads(listed, parse_float=str, parse_int=str)["customers"]
        self._table("record(id VARCHAR, data JSON)", ((one["id"], json.dumps(one)) for one in records))
        self._table("first_commit(id VARCHAR, day DATE)", (created or {}).items())
        self._settings(today)
        self.db.execute((SQL / "base.sql").read_text("utf-8"))
        self.db.execute("CREATE TABLE matching_rule(id VARCHAR, position INT)")
        for position, condition in self.db.execute("SELECT position, condition FROM follow_up").fetchall():
            self.db.execute(f"INSERT INTO matching_rule SELECT id, {position} FROM customer WHERE {condition}")

    def _table(self, definition: str, rows: Iterable[Sequence[Any]]) -> None:
        self.db.execute(f"CREATE TABLE {definition}")
        name, columns = definition.partition("(")[0], definition.count(", ") + 1
        if every := list(rows):
            self.db.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * columns)})", every)

    def _settings(self, today: date) -> None:
        toml = self.toml
        store, products = toml.get("store", {}), toml.get("products", {})
        chances = CHANCES | toml.get("opportunities", {}).get("probability", {})
        self._table("store(today DATE, currency VARCHAR)", [(today, store.get("currency", "CNY"))])
        team = toml.get("team", {})
        self._table(
            "member(handle VARCHAR, active BOOL)", ((who, one.get("active", True)) for who, one in team.items())
        )
        self._table(
            "stage(stage VARCHAR, place INT, probability INT)",
            ((stage, place, chances.get(stage)) for place, stage in enumerate(STAGES)),
        )
        written: dict[str, tuple[str, str | None]] = {}
        for code, one in products.items():
            for name in (code, one.get("name", code), *one.get("aliases", ())):
                written[plain(name)] = (one.get("name", code), one.get("category"))
        self._table(
            "product_name(written VARCHAR, name VARCHAR, category VARCHAR)",
            ((name, *product) for name, product in written.items()),
        )
        regions = toml.get("regions") or {region: names.split() for region, names in REGIONS.items()}
        self._table(
            "region_of(province VARCHAR, region VARCHAR)",
            ((name, region) for region, names in regions.items() for name in names),
        )
        self._follow_up(toml.get("followup", {}))
        rfm = RFM | toml.get("rfm", {})
        self._table(
            "rfm(mode VARCHAR, window_days INT, split VARCHAR, recency INT[], frequency INT[])",
            [tuple(rfm[key] for key in ("mode", "window_days", "split", "recency", "frequency"))],
        )
        limits = rfm.get("monetary", {}).items()
        self._table("rfm_limits(currency VARCHAR, limits INT[])", limits)

    def _follow_up(self, followup: Mapping[str, Any]) -> None:
        stale = STALE | followup.get("stale_days", {})
        # Without rules there is one for each value, for every status but lost.
        rules = [
            (CONDITIONS[rule.get("where", "")], rule["every_days"], rule.get("channel", []))
            for rule in followup.get("rules", ())
        ] or [
            *((f"status <> 'lost' AND value = '{value}'", days, []) for value, days in stale.items()),
            ("status <> 'lost'", stale["default"], []),
        ]
        self._table(
            "follow_up(position INT, condition VARCHAR, every_days INT, channels VARCHAR[])",
            (
                (n, condition, days, [channels] if isinstance(channels, str) else channels)
                for n, (condition, days, channels) in enumerate(rules)
            ),
        )

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of a query, or of the query in a file of `sql`."""
        text = (SQL / query).read_text("utf-8") if query.endswith(".sql") else query
        result = self.db.execute(text, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def rounded(whole: Any, n: Any = 1, places: int = 2) -> Decimal:
    """A quotient, rounded half to even."""
    exact = Fraction(whole) / Fraction(n)
    return (Decimal(round(exact * 10**places)) / 10**places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def sums(pairs: Mapping[str, Any] | None) -> dict[str, Decimal]:
    """Sums by currency, each given with its divisor, to the cent."""
    return {code: rounded(*pair) for code, pair in sorted((pairs or {}).items())}


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def day_of(seconds: str, zone: str) -> date:
    """The day of a commit in the store's time zone."""
    return datetime.fromtimestamp(int(seconds), ZoneInfo(zone)).date()


def first_commits(folder: Path, zone: str = "Asia/Shanghai") -> dict[str, date]:
    """The day of the first commit with each id, by reading every record of every commit."""
    days: dict[str, date] = {}
    blobs: dict[str, str] = {}
    for line in git(folder, "log", "--format=%H %ct", "HEAD").splitlines():
        commit, seconds = line.split()
        for entry in git(folder, "ls-tree", "-r", commit).splitlines():
            meta, path = entry.split("\t")
            blob = meta.split()[2]
            if path.endswith((".yaml", '.yaml"')) and blob not in blobs:
                text = git(folder, "cat-file", "-p", blob)
                found = re.search(r"""^\{?"?id"?: *["']?(\w+)""", text, re.MULTILINE)
                blobs[blob] = found[1] if found else ""
            if id_ := blobs.get(blob):
                day = day_of(seconds, zone)
                days[id_] = min(day, days.get(id_, day))
    return days


def states(folder: Path, days: Iterable[date], zone: str = "Asia/Shanghai") -> Iterator[tuple[date, str | None]]:
    """The last commit on the first-parent line up to the end of each day; None before the first one."""
    lines = [line.split() for line in git(folder, "log", "--first-parent", "--format=%H %ct", "HEAD").splitlines()]
    for day in days:
        yield day, next((commit for commit, seconds in lines if day_of(seconds, zone) <= day), None)
