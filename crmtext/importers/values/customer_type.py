"""The type of a customer by its name."""

from __future__ import annotations

import re

from crmtext.values import lazy
from crmtext.values.surnames import family_of

_INSTITUTION = lazy.pattern(
    r"银行|银行.*[分支]行|基金会|协会|学会|商会|联合会|学校|大学|学院|中学|小学|幼儿园|医院|卫生院|诊所|研究院"
    r"|研究所|研究中心|委员会|人民政府|管理局|公安局|税务局|教育局|博物馆|图书馆|出版社|事务所|福利院|敬老院|红十字"
    r"|\b(?:foundation|university|college|school|hospital|clinic|institute|association|society|ministry|museum|library"
    r"|bank|council|government|charity|church)\b|\be\.?\s?V\.?$|universität|stiftung|verein\b",
    re.IGNORECASE,
)
_COMPANY = lazy.pattern(
    r"公司|集团|企业|工厂|商行|商店|经营部|工作室|合作社|实业|股份|有限合伙|个体|门市|超市|酒店|餐厅|[厂店行社坊馆]$"
    r"|科技|贸易|电子|网络|信息|传媒|文化|咨询|机械|食品|服饰|物流|建材|制造|工业|技术|药业|地产|证券|保险"
    r"|\b(?:inc|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|ohg|ug|se|sa|s\.a|sas|sarl|s\.r\.l|srl|spa"
    r"|s\.p\.a|bv|b\.v|nv|oy|oyj|ab|as|a/s|aps|oü|sia|uab|kft|zrt|sp\. z o\.o|pte|pty|plc|llp|lp|group|holdings?"
    r"|technologies|systems|solutions|industries|international|consulting|partners|studio|labs?|software|logistics"
    r"|trading)\b\.?",
    re.IGNORECASE,
)
_PERSON = lazy.pattern(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,6}·[\u3400-\u9fff·]{1,10}")
#: Short names of firms that begin like a person's.
_NO_PERSON = lazy.pattern(r".*[厂店行社坊馆局部所院校会队站网家车电力机通达]$|华为|万科|万达|安踏|方正|康师傅")


def guess(name: str, *, persons: bool = True) -> str:
    """Return the type that a name tells: `company`, `institution` or `person`; empty if it tells none.

    Without `persons`, names of people are not recognised: they may be short names of firms.
    """
    text = " ".join(name.split())
    if not text:
        return ""
    company, institution = _COMPANY.search(text), _INSTITUTION.search(text)
    if institution and not re.search(r"公司|集团|\b(?:inc|ltd|llc|gmbh|corp)\b", text, re.IGNORECASE):
        return "institution"
    if institution and re.search(r"银行|大学|医院", text) and re.search(r"股份有限公司|[分支]行", text):
        return "institution"
    if company:
        return "company"
    is_person = _PERSON.fullmatch(text) and not _NO_PERSON.fullmatch(text) and ("·" in text or family_of(text))
    return "person" if persons and is_person else ""
