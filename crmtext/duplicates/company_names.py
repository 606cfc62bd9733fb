"""Names of companies: places and branches, and the parts by which similar names differ."""

from __future__ import annotations

from crmtext.values import lazy

#: Provinces and cities that names of companies start with.
_PLACE = lazy.pattern(
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽"
    "|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西"
    "|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|广州|深圳"
    "|珠海|佛山|东莞|中山|惠州|汕头|江门|杭州|宁波|温州|嘉兴|湖州"
    "|绍兴|金华|台州|南京|苏州|无锡|常州|南通|扬州|镇江|徐州|昆山"
    "|合肥|芜湖|福州|厦门|泉州|漳州|南昌|赣州|济南|青岛|烟台|潍坊"
    "|威海|郑州|洛阳|武汉|宜昌|襄阳|长沙|株洲|南宁|柳州|桂林|海口"
    "|三亚|成都|绵阳|贵阳|遵义|昆明|大理|西安|宝鸡|咸阳|兰州|西宁"
    "|银川|乌鲁木齐|沈阳|大连|鞍山|长春|哈尔滨|大庆|石家庄|唐山|保定"
    "|秦皇岛|太原|大同|呼和浩特|包头|拉萨"
)
_BRANCH = lazy.pattern(
    r"分行|支行|分公司|分部|办事处|营业部|分店|门店|分校|分院|分厂|[一二三四五六七八九十0-9]+[厂部店院]"
)


def places(name: str) -> frozenset[str]:
    """Return the provinces and cities in a name."""
    return frozenset(_PLACE.findall(name))


def without_places(name: str) -> str:
    """Return the name without provinces and cities."""
    return _PLACE.sub("", name)


def is_branch(name: str) -> bool:
    """Whether the name is that of a branch; names of branches differ only slightly."""
    return _BRANCH.search(name) is not None


#: The words that companies of one group add to its name.
_ROLE = lazy.pattern(
    "(?:销售|贸易|国际|商贸|进出口|物流|运输|供应链|投资|控股|置业|地产|房地产|物业|租赁|资产管理|基金|财务|保险|担保"
    "|人力资源|小学|初中|高中|中学|幼儿园|研究院|设计院|培训|酒店|餐饮|传媒|广告|holdings?|logistics|sales|trading|services|leasing|finance"
    "|capital|properties|ventures|foundation)+$"
)
_NUMBER = lazy.pattern(r"[0-9]+|[一二三四五六七八九十]+|\b[ivx]+\b")
_DIRECTION = lazy.pattern(r"[东西南北]|\b(?:east|west|north|south)\b")


def role(name: str) -> str:
    """Return the end of a normalised name that tells the companies of a group apart; empty if there is none."""
    match = _ROLE.search(name)
    return match[0] if match and match.start() > 1 else ""


def numbers(name: str) -> tuple[str, ...]:
    """Return the numbers in a name, such as that of a hospital, in order."""
    return tuple(_NUMBER.findall(name.casefold()))


def directions(name: str) -> tuple[str, ...]:
    """Return the points of the compass in a name, in order."""
    return tuple(_DIRECTION.findall(without_places(name).casefold()))
