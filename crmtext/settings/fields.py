"""Every setting with its name in the file, its default and its help."""

from __future__ import annotations

import re
from dataclasses import Field, dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crmtext.i18n import N_, _
from crmtext.values.standards import short_province

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from crmtext.settings.access import Access
    from crmtext.settings.entries import ClassificationRule, FollowUpRule, Member, Product
    from crmtext.settings.targets import Target
    from crmtext.values.workdays import WorkingDays


def _setting(name: str, default: Any, about: str, **marks: Any) -> Any:
    """A field of Settings with its name in the file, default and help."""
    value = MappingProxyType(default) if isinstance(default, dict) else default
    return field(default_factory=lambda: value, metadata={"name": name, "help": about, "default": value, **marks})


_TRANSITIONS = {
    "lead": ("prospect", "lost"),
    "prospect": ("active", "lead", "lost"),
    "active": ("paused", "lost"),
    "paused": ("active", "lost"),
    "lost": ("prospect", "active"),
}
_REGIONS = {
    "华东": ("上海", "江苏", "浙江", "安徽", "福建", "江西", "山东"),
    "华北": ("北京", "天津", "河北", "山西", "内蒙古"),
    "华南": ("广东", "广西", "海南"),
    "华中": ("河南", "湖北", "湖南"),
    "西南": ("重庆", "四川", "贵州", "云南", "西藏"),
    "西北": ("陕西", "甘肃", "青海", "宁夏", "新疆"),
    "东北": ("辽宁", "吉林", "黑龙江"),
}
_STALE = {"high": 14, "medium": 30, "low": 90, "default": 30}
_SATISFACTION = {"high": 90, "medium": 180, "low": 365, "default": 180}
_PROBABILITY = {"discovery": 10, "qualified": 30, "proposal": 50, "negotiation": 75}


@dataclass(frozen=True)
class Settings:
    """The checked settings. `given` holds the names of those that the file sets."""

    name: str = _setting("store.name", "", N_("the name of the store, shown in reports"))
    schema_version: int = _setting("store.schema_version", 1, N_("the version of the schema that the records follow"))
    language: str = _setting(
        "store.language",
        "",
        N_("the language of messages, reports, commit messages and texts in records. Default: the locale"),
        choices=("en", "zh"),
    )
    timezone: str = _setting(
        "store.timezone", "", N_("the time zone of all dates. Default: the system's"), check="timezone"
    )
    currency: str = _setting(
        "store.currency", "CNY", N_("the currency of amounts without one (ISO 4217)"), check="currency"
    )
    commit: str = _setting(
        "store.commit",
        "auto",
        N_(
            "auto: each writing command commits exactly what it changed; never: you commit. handover always "
            "commits, unless you give --no-commit"
        ),
        choices=("auto", "never"),
    )
    team: Mapping[str, Member] = _setting(
        "team",
        {},
        N_(
            "the team: one table per handle, with name, email, role, active; pool = true for a pool of customers; "
            "signing: the public keys that sign commits"
        ),
    )
    access: Access | None = _setting(  # noqa: RUF009 - a field, as the others are
        "access",
        None,
        N_(
            "who may change what: identity, branches, forge, and one table per role with its rights: may, records, "
            "where, anywhere, settings, files, see, see_where. Without it, everyone may change everything"
        ),
        apart=True,
    )
    products: Mapping[str, Product] = _setting(
        "products",
        {},
        N_(
            "the product list: one table per code, with name, category, aliases. Code, name and aliases are one product"
        ),
    )
    transitions: Mapping[str, tuple[str, ...]] = _setting(
        "status.transitions", _TRANSITIONS, N_("the allowed status changes"), values=list
    )
    stale_days: Mapping[str, int] = _setting(
        "followup.stale_days",
        _STALE,
        N_(
            "used if there are no follow-up rules: days without contact after which a customer is stale, by the "
            "customer's value"
        ),
        values=int,
    )
    satisfaction_days: Mapping[str, int] = _setting(
        "followup.satisfaction_days",
        _SATISFACTION,
        N_("days from one satisfaction visit to the next, by the customer's value"),
        values=int,
    )
    case_days: int = _setting("followup.case_days", 5, N_("days until a case is due, if no due date is given"))
    answer_days: int = _setting(
        "followup.answer_days", 1, N_("working days within which a customer's message is answered")
    )
    contract_days: int = _setting("followup.contract_days", 60, N_("days before its end that a contract is due"))
    pool_days: int = _setting(
        "followup.pool_days", 90, N_("days without contact after which a lead or prospect should return to a pool")
    )
    holidays: tuple[str, ...] = _setting(
        "followup.holidays",
        (),
        N_("days that are not worked, such as 2026-12-25 or 2026-10-01/2026-10-07"),
        apart=True,
    )
    workdays: tuple[str, ...] = _setting(
        "followup.workdays", (), N_("Saturdays and Sundays that are worked"), apart=True
    )
    follow_up_rules: tuple[FollowUpRule, ...] = _setting(
        "followup.rules",
        (),
        N_(
            "how often customers are contacted: one [[followup.rules]] per rule, with name, where, every_days, "
            "channel, say. The first rule that applies wins"
        ),
        apart=True,
    )
    classification_rules: tuple[ClassificationRule, ...] = _setting(
        "classification.rules",
        (),
        N_(
            "what classify sets: one [[classification.rules]] per rule, with name, where, set (value, priority, "
            "segment), tags. For each field the first rule that applies wins; tags of all rules are added"
        ),
        apart=True,
    )
    regions: Mapping[str, tuple[str, ...]] = _setting(
        "regions",
        _REGIONS,
        N_("the sales regions, each with its provinces; these replace the seven defaults"),
        values=list,
    )
    probability: Mapping[str, int] = _setting(
        "opportunities.probability",
        _PROBABILITY,
        N_("the probability of an opportunity in percent, by stage"),
        values=int,
    )
    rfm_mode: str = _setting(
        "rfm.mode",
        "auto",
        N_(
            "how RFM scores are given. rank: by the share of customers who are worse; limits: by the limits below; "
            "auto: by rank with 25 members or more, else by limits"
        ),
        choices=("auto", "rank", "limits"),
    )
    rfm_window_days: int = _setting("rfm.window_days", 365, N_("the days up to today whose purchases count for RFM"))
    rfm_split: str = _setting(
        "rfm.split",
        "median",
        N_("what R, F and M are compared with for the segments: the median or the mean of the members"),
        choices=("median", "mean"),
    )
    rfm_recency: tuple[int, ...] = _setting(
        "rfm.recency", (30, 90, 180, 365), N_("days since the last purchase, up to which R is 5, 4, 3, 2"), apart=True
    )
    rfm_frequency: tuple[int, ...] = _setting(
        "rfm.frequency", (2, 4, 6, 12), N_("purchase days from which F is 2, 3, 4, 5"), apart=True
    )
    rfm_monetary: Mapping[str, tuple[Decimal, ...]] = _setting(
        "rfm.monetary",
        {},
        N_("amounts from which M is 2, 3, 4, 5, by currency. Without limits of its currency, M is by rank"),
        apart=True,
    )
    targets: tuple[Target, ...] = _setting(
        "targets",
        (),
        N_(
            "targets: one [[targets]] per target, with measure (revenue, paid_amount, won_amount, new, signed, "
            "followups), period (2026, 2026-Q4 or 2026-11), owner (left out: the team) and amount"
        ),
        apart=True,
    )
    view: str = _setting(
        "view", "", N_("in a view made by role-view: the role that it is for. Nothing can be changed in a view")
    )
    push: str = _setting(
        "sync.push",
        "auto",
        N_(
            "auto: sync pushes to the main branch, or to crm/HANDLE if the main branch is protected; branch: "
            "always to crm/HANDLE"
        ),
        choices=("auto", "branch"),
    )
    retention_rules: Mapping[str, str] = _setting(
        "retention",
        {},
        N_(
            'how long customers are kept, by status: lost = "36m after churn.date", or "never" to keep them for '
            "ever. d, w, m, y are days, weeks, months, years; the date is a field or computed name. retention.until in "
            "a record goes first"
        ),
        apart=True,
    )
    keep_transactions: str = _setting(
        "retention.keep_transactions",
        "10y",
        N_("how long transactions and contracts, and billing with them, must be kept"),
        apart=True,
    )
    hold: tuple[str, ...] = _setting(
        "retention.hold", (), N_("the ids of customers on legal hold, whose retention never ends"), apart=True
    )
    require_consent: tuple[str, ...] = _setting(
        "privacy.require_consent",
        (),
        N_("the channels, such as sms and email, on which marketing to persons needs a consent"),
    )
    request_days: int = _setting(
        "privacy.request_days", 15, N_("days until a case of the kind request is due, if no due date is given")
    )
    backup_to: tuple[str, ...] = _setting(
        "backup.to",
        (),
        N_("the public keys that can open backups (age1… or ssh-ed25519 …); the private half of one lies offline"),
        check="public-key",
    )
    backup_days: int = _setting("backup.every_days", 31, N_("days after which doctor reminds of the next backup"))
    ignore: tuple[str, ...] = _setting("check.ignore", (), N_("rules that check ignores"))
    lock_seconds: int = _setting("check.lock_seconds", 10, N_("seconds to wait for another crmtext that is writing"))
    views: Mapping[str, str] = _setting("views", {}, N_("saved expressions, used as list @NAME"), values=str)
    given: frozenset[str] = frozenset()
    #: The place of each view's name: line, column, and the text of the line.
    views_at: Mapping[str, tuple[int, int, str]] = field(default_factory=lambda: MappingProxyType({}), compare=False)

    #: The places of each role's settings of `[access]`, by role and name.
    access_at: Mapping[str, Mapping[str, tuple[int, int, str]]] = field(
        default_factory=lambda: MappingProxyType({}), compare=False
    )

    #: The places of each rule's settings by name, for each list of rules.
    rules_at: Mapping[str, tuple[Mapping[str, tuple[int, int, str]], ...]] = field(
        default_factory=lambda: MappingProxyType({}), compare=False
    )

    @cached_property
    def working_days(self) -> WorkingDays:
        """The team's calendar."""
        # Loaded late: few commands need it.
        from crmtext.values.workdays import WorkingDays

        return WorkingDays(self.holidays, self.workdays)

    def member(self, typed: str) -> Member | None:
        """The colleague with this handle, name or e-mail address."""
        if typed in self.team:
            return self.team[typed]
        return self._only_member(typed, str.casefold) or self._only_member(typed, _folded)

    def _only_member(self, typed: str, form: Callable[[str], str]) -> Member | None:
        """The one colleague whose handle, name or e-mail address is equal in this form; None if several are."""
        wanted = form(typed)
        members = [m for m in self.team.values() if wanted and wanted in map(form, (m.handle, m.name, *m.emails))]
        return members[0] if len(members) == 1 else None

    def product(self, written: str) -> Product | None:
        """The product of the list with this code, name or alias; width, case and blanks don't count."""
        return self._products.get(_plain(written))

    @cached_property
    def _products(self) -> Mapping[str, Product]:
        """The products of the list by the plain form of each way to write them."""
        return {_plain(name): product for product in self.products.values() for name in product.names}

    def region(self, province: str) -> str | None:
        """The sales region that lists a province, with or without 省, 市, 自治区; None if none does."""
        return self._region_of.get(short_province(province))

    @cached_property
    def _region_of(self) -> Mapping[str, str]:
        """The sales regions by the short names of their provinces."""
        return {short_province(province): name for name, provinces in self.regions.items() for province in provinces}

    @property
    def everybody(self) -> str:
        """All handles, each with the colleague's name."""
        return _(", ").join(f"{member.handle} {member.name}".strip() for member in self.team.values())

    def shown(self, handle: str) -> str:
        """A handle's name; the handle itself if it is not on the team."""
        return self.team[handle].shown if handle in self.team else handle


def _plain(text: str) -> str:
    # Loaded late, as below.
    from crmtext.values.folding import plain

    return plain(text)


def _folded(text: str) -> str:
    # Loaded late: handles, which are typed most, match without it.
    from crmtext.values.folding import folded

    return folded(text)


def table_name(handle: str) -> str:
    """Return a handle for the head of a TOML table, quoted if it isn't a bare key."""
    if re.fullmatch("[A-Za-z0-9_-]+", handle):
        return handle
    import json

    return json.dumps(handle, ensure_ascii=False)


def handle_of(email: str) -> str:
    """Return the handle for an e-mail address."""
    return email.partition("@")[0].casefold() or "me"


def settings_fields() -> tuple[Field[Any], ...]:
    """Return the settings in order, as dataclass fields with `name` and `help` in their metadata."""
    return tuple(setting for setting in fields(Settings) if setting.metadata)
