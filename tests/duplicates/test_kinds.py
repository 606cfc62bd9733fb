"""Kinds of duplicates, and of customers that only look alike, as `dedupe` lists them by default; all invented."""

from __future__ import annotations

from typing import Any

import pytest

from crmtext.duplicates.groups import groups
from crmtext.model import Customer
from crmtext.text.document import Document

PHONE: dict[str, Any] = {"phones": ["0510-5555 2381"]}
MOBILE: dict[str, Any] = {"type": "person", "phones": ["13800138000"]}
SITE: dict[str, Any] = {"website": "https://www.dongfang.example"}
CLOUD: dict[str, Any] = {"name": "上海云帆信息科技有限公司", "short_name": "云帆科技"}
SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "typo+phone": ({"name": "无锡东方仪表有限公司", **PHONE}, {"name": "无锡东方仪彪有限公司", **PHONE}),
    "typo in the place": ({"name": "无锡东方精密仪表有限公司", **PHONE}, {"name": "无钖东方精密仪表有限公司", **PHONE}),
    "letters swapped+domain": (
        {"name": "无锡东方精密仪表有限公司", **SITE},
        {"name": "无锡东方密精仪表有限公司", **SITE},
    ),
    "no place+domain": ({"name": "无锡东方仪表有限公司", **SITE}, {"name": "东方仪表有限公司", **SITE}),
    "place inside": ({"name": "无锡东方仪表有限公司"}, {"name": "东方仪表（无锡）有限公司"}),
    "traditional": ({"name": "无锡东方仪表有限公司"}, {"name": "無錫東方儀錶有限公司"}),
    "form": ({"name": "无锡东方仪表有限公司"}, {"name": "无锡市东方仪表有限责任公司"}),
    "english": ({"name": "Lakeshore Cold Storage, Inc."}, {"name": "Lakeshore Cold Storage LLC"}),
    "english typo": ({"name": "Lakeshore Cold Storage, Inc."}, {"name": "Lakeshore Cold Storrage"}),
    "english & and": ({"name": "Hart & Sons Logistics Ltd"}, {"name": "Hart and Sons Logistics"}),
    "english the": ({"name": "The Harbour Trading Company"}, {"name": "Harbour Trading Co."}),
    "umlaut": ({"name": "Müller Anlagenbau GmbH"}, {"name": "Mueller Anlagenbau GmbH & Co. KG"}),
    "pinyin+phone": ({"name": "无锡东方仪表有限公司", **PHONE}, {"name": "Wuxi Dongfang Yibiao Co., Ltd.", **PHONE}),
    "pinyin+domain": ({"name": "无锡东方仪表有限公司", **SITE}, {"name": "Dongfang Yibiao", **SITE}),
    "alias": ({**CLOUD}, {"name": "云帆科技"}),
    "alias+phone": ({**CLOUD, **PHONE}, {"name": "云帆科技", **PHONE}),
    "short of both+phone": ({**CLOUD, **PHONE}, {"name": "云帆信息技术（上海）", "aliases": ["云帆科技"], **PHONE}),
    "former": (
        {"name": "上海云帆信息科技有限公司", "former_names": ["上海远航软件有限公司"]},
        {"name": "上海远航软件有限公司"},
    ),
    "uscc": ({"name": "甲", "uscc": "91310114MAMH92912R"}, {"name": "乙丙", "uscc": "91310114mamh92912r"}),
    "person+phone": ({"name": "张伟", **MOBILE}, {"type": "person", "name": "张伟", "phones": ["+86 138 0013 8000"]}),
    "person traditional+phone": ({"name": "张伟", **MOBILE}, {"name": "張偉", **MOBILE}),
    "person email": (
        {"type": "person", "name": "Ann Miller", "emails": ["ann@x.example"]},
        {"type": "person", "name": "Ann Miller", "emails": ["ANN@x.example"]},
    ),
    "person typo+mobile": ({"name": "欧阳晓峰", **MOBILE}, {"name": "欧阳小峰", **MOBILE}),
    "person middle name": (
        {"type": "person", "name": "Ann M. Miller", "emails": ["ann@x.example"]},
        {"type": "person", "name": "Ann Miller", "emails": ["ANN@x.example"]},
    ),
    "person pinyin": ({"name": "张伟", **MOBILE}, {"name": "Zhang Wei", **MOBILE}),
    "person order": ({"name": "Wei Zhang", **MOBILE}, {"name": "Zhang Wei", **MOBILE}),
    "person title": ({"name": "张伟先生", **MOBILE}, {"name": "张伟", **MOBILE}),
    "blank+punct": ({"name": "无锡·东方仪表 有限公司"}, {"name": "无锡东方仪表有限公司"}),
    "group form": ({"name": "无锡东方仪表（集团）股份有限公司"}, {"name": "无锡东方仪表有限公司"}),
    "individual vs company no": ({"name": "无锡东方仪表厂", **PHONE}, {"name": "无锡东方仪表", **PHONE}),
    "place in brackets": (
        {"name": "海云传感技术（深圳）有限公司", "website": "https://haiyun.example"},
        {"name": "深圳海云传感技术", "website": "https://haiyun.example"},
    ),
    "other letter that sounds the same": (
        {"name": "深圳海云传感技术有限公司", "phones": ["021-6100 7788"]},
        {"name": "深圳海耘传感技术有限公司", "phones": ["021-6100 7788"]},
    ),
    "a letter too few": (
        {"name": "北京京东方茶叶店", "phones": ["021-6100 7788"]},
        {"name": "北京东方茶叶店", "phones": ["021-6100 7788"]},
    ),
    "pinyin place": (
        {"name": "Beijing Haiyun Sensor Technology Co Ltd", "emails": ["info@haiyun.example"]},
        {"name": "Haiyun Sensor Technology", "emails": ["info@haiyun.example"]},
    ),
    "partly traditional": ({"name": "深圳市海云传感技术有限公司"}, {"name": "深圳海云傳感技術有限公司"}),
    "pinyin of the core": (
        {"name": "Haiyun Chuangan", "emails": ["info@haiyun.example"]},
        {"name": "海云传感", "emails": ["info@haiyun.example"]},
    ),
    "title and umlaut": (
        {"type": "person", "name": "Dr. Anna Schäfer", "emails": ["a@s.example"]},
        {"type": "person", "name": "Anna Schaefer", "emails": ["a@s.example"]},
    ),
    "pinyin of a person": (
        {"type": "person", "name": "李小龙", "phones": ["13911112222"]},
        {"type": "person", "name": "Li Xiaolong", "phones": ["+8613911112222"]},
    ),
    "form of address": (
        {"type": "person", "name": "王芳女士", "phones": ["13911112222"]},
        {"type": "person", "name": "王芳", "phones": ["13911112222"]},
    ),
    "and in another language": (
        {"name": "Kühn & Söhne OHG", "phones": ["021-6100 7788"]},
        {"name": "Kuehn und Soehne", "phones": ["021-6100 7788"]},
    ),
    "swapped letters": ({"name": "Meridian Optical Instruments Ltd"}, {"name": "Meridian Optical Instrumnets"}),
}
SAME["a letter too few in a person's name"] = (
    {"type": "person", "name": "Harriet Mealer", "emails": ["h.mealer@x.example"]},
    {"type": "person", "name": "Hariet Mealer", "emails": ["h.mealer@x.example"]},
)
DIFFERENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bank branches": (
        {"name": "江南银行无锡分行", "website": "jiangnan.example"},
        {"name": "江南银行苏州分行", "website": "jiangnan.example"},
    ),
    "bank sub-branches": ({"name": "江南银行无锡城东支行", **PHONE}, {"name": "江南银行无锡城西支行", **PHONE}),
    "bank and branch": ({"name": "江南银行股份有限公司", **PHONE}, {"name": "江南银行股份有限公司无锡分行", **PHONE}),
    "holding": ({"name": "东方智能装备股份有限公司", **SITE}, {"name": "东方智能装备销售有限公司", **SITE}),
    "holding2": ({"name": "东方智能装备有限公司", **PHONE}, {"name": "东方智能装备控股有限公司", **PHONE}),
    "holding3": ({"name": "东方智能科技装备有限公司", **PHONE}, {"name": "东方智能科技装备国际贸易有限公司", **PHONE}),
    "two daughters": ({"name": "东方智能装备销售有限公司", **SITE}, {"name": "东方智能装备租赁有限公司", **SITE}),
    "holding english": (
        {"name": "Lakeshore Industries Holding Ltd", **SITE},
        {"name": "Lakeshore Industries Ltd", **SITE},
    ),
    "daughter english": (
        {"name": "Lakeshore Industries Logistics GmbH", **SITE},
        {"name": "Lakeshore Industries GmbH", **SITE},
    ),
    "numbers": (
        {"name": "南华医科大学附属第一医院", "website": "nanhua.example"},
        {"name": "南华医科大学附属第二医院", "website": "nanhua.example"},
    ),
    "numbers2": ({"name": "东方精密仪表第1工厂有限公司", **PHONE}, {"name": "东方精密仪表第2工厂有限公司", **PHONE}),
    "english numbers": ({"name": "Lakeshore Holding 17 GmbH", **SITE}, {"name": "Lakeshore Holding 18 GmbH", **SITE}),
    "english numbers no second": (
        {"name": "Lakeshore Beteiligung II GmbH"},
        {"name": "Lakeshore Beteiligung III GmbH"},
    ),
    "directions": (
        {"name": "南华大学东校区附属小学", "website": "nanhua.example"},
        {"name": "南华大学西校区附属小学", "website": "nanhua.example"},
    ),
    "reception": ({"name": "明远软件有限公司", **PHONE}, {"name": "青禾食品有限公司", **PHONE}),
    "reception alike": ({"name": "明远软件有限公司", **PHONE}, {"name": "明远食品有限公司", **PHONE}),
    "freemail": (
        {"name": "东方仪表有限公司", "emails": ["a@qq.com"]},
        {"name": "东方仪器有限公司", "emails": ["b@qq.com"]},
    ),
    "freemail2": (
        {"name": "东方精密仪表有限公司", "emails": ["a@yahoo.com.cn"]},
        {"name": "东方精密仪器有限公司", "emails": ["b@yahoo.com.cn"]},
    ),
    "freemail3": (
        {"name": "Lakeshore Storage", "emails": ["a@t-online.de"]},
        {"name": "Lakeshore Storage North", "emails": ["b@t-online.de"]},
    ),
    "person at two": (
        {"name": "明远软件有限公司", "contacts": [{"name": "张伟", "phones": ["13800138000"]}]},
        {"name": "青禾食品有限公司", "contacts": [{"name": "张伟", "phones": ["13800138000"]}]},
    ),
    "places": ({"name": "上海示例电子有限公司", **SITE}, {"name": "北京示例电子有限公司", **SITE}),
    "county": ({"name": "江阴东方精密仪表有限公司", **SITE}, {"name": "宜兴东方精密仪表有限公司", **SITE}),
    "county2": ({"name": "东方精密仪表（江阴）有限公司", **SITE}, {"name": "东方精密仪表（宜兴）有限公司", **SITE}),
    "same person name": ({"name": "张伟", **MOBILE}, {"type": "person", "name": "张伟", "phones": ["13900139000"]}),
    "couple": ({"type": "person", "name": "张伟", **PHONE}, {"type": "person", "name": "王芳", **PHONE}),
    "siblings": ({"type": "person", "name": "张晓峰", **PHONE}, {"type": "person", "name": "张晓兰", **PHONE}),
    "siblings en": (
        {"type": "person", "name": "Ann Miller", **PHONE},
        {"type": "person", "name": "Anna Miller-Boe", **PHONE},
    ),
    "father son": (
        {"type": "person", "name": "John Miller Jr.", **PHONE},
        {"type": "person", "name": "John Miller Sr.", **PHONE},
    ),
    "person and firm": ({"name": "张伟", **MOBILE}, {"name": "张伟仪表有限公司", "phones": ["13800138000"]}),
    "alike english": ({"name": "Northern Light Trading"}, {"name": "Northern Lights Training"}),
    "alike english short": ({"name": "Acme East", **SITE}, {"name": "Acme West", **SITE}),
    "two uscc": (
        {"name": "无锡东方仪表有限公司", "uscc": "91310114MAMH92912R"},
        {"name": "无锡东方仪表有限公司", "uscc": "91310115MA1K4XYZ0X"},
    ),
    "schools": ({"name": "无锡市实验小学"}, {"name": "苏州市实验小学"}),
    "alias of two": (
        {"name": "上海云帆信息科技有限公司", "short_name": "云帆"},
        {"name": "北京云帆食品有限公司", "short_name": "云帆"},
    ),
    "one char": ({"name": "上海华天电子有限公司"}, {"name": "上海华大电子有限公司"}),
    "brokers' branches": (
        {"name": "海云证券深圳南山营业部", "phones": ["021-6100 7788"]},
        {"name": "海云证券深圳福田营业部", "phones": ["021-6100 7788"]},
    ),
    "asset management": (
        {"name": "海云证券", "website": "https://haiyun.example"},
        {"name": "海云证券资产管理", "website": "https://haiyun.example"},
    ),
    "school levels": (
        {"name": "海云大学附属中学", "website": "https://haiyun.example"},
        {"name": "海云大学附属小学", "website": "https://haiyun.example"},
    ),
    "numbered hospitals": (
        {"name": "深圳市第三人民医院", "website": "https://haiyun.example"},
        {"name": "深圳市第二人民医院", "website": "https://haiyun.example"},
    ),
    "shops": (
        {"name": "海云咖啡南山店", "website": "https://haiyun.example"},
        {"name": "海云咖啡福田店", "website": "https://haiyun.example"},
    ),
    "numbered funds": ({"name": "Meridian Capital Partners LP"}, {"name": "Meridian Capital Partners II LP"}),
    "finance company of a group": (
        {"name": "海云集团", "website": "https://haiyun.example"},
        {"name": "海云集团财务有限公司", "website": "https://haiyun.example"},
    ),
    "persons behind one address": (
        {"type": "person", "name": "王芳", "emails": ["hr@haiyun.example"]},
        {"type": "person", "name": "王刚", "emails": ["hr@haiyun.example"]},
    ),
    "persons that sound the same": (
        {"type": "person", "name": "王芳", "phones": ["021-6100 7788"]},
        {"type": "person", "name": "王方", "phones": ["021-6100 7788"]},
    ),
    "same trade, one number": (
        {"name": "海云物业管理有限公司", "phones": ["021-6100 7788"]},
        {"name": "明月物业管理有限公司", "phones": ["021-6100 7788"]},
    ),
    "compass in English": (
        {"name": "Bright Solar East Ltd", "website": "https://haiyun.example"},
        {"name": "Bright Solar West Ltd", "website": "https://haiyun.example"},
    ),
    "places in brackets": (
        {"name": "海云（香港）有限公司", "website": "https://haiyun.example"},
        {"name": "海云（深圳）有限公司", "website": "https://haiyun.example"},
    ),
    "free mail, alike": (
        {"name": "海云科技有限公司", "emails": ["x@163.net"]},
        {"name": "海运科技有限公司", "emails": ["y@163.net"]},
    ),
    "institute of a company": (
        {"name": "海云材料有限公司", "website": "https://haiyun.example"},
        {"name": "海云材料研究院", "website": "https://haiyun.example"},
    ),
    "compass in front": (
        {"name": "北方海云仪器有限公司", "website": "https://haiyun.example"},
        {"name": "南方海云仪器有限公司", "website": "https://haiyun.example"},
    ),
    "continents": (
        {"name": "Haiyun Sensors Europe GmbH", "website": "https://haiyun.example"},
        {"name": "Haiyun Sensors America Inc", "website": "https://haiyun.example"},
    ),
}
DIFFERENT["sisters"] = ({"name": "Ann Mealer", **MOBILE}, {"name": "Anna Mealer", **MOBILE})


def listed(*records: dict[str, Any]) -> int:
    """How many groups `dedupe` makes of these records."""
    common = {"type": "company", "status": "lead", "owner": "lilei"}
    numbered = ({"id": f"C2024050{number}K7QM", **common, **record} for number, record in enumerate(records, start=1))
    return len(groups([Customer(Document(f"records/{one['id']}.yaml", "", one)) for one in numbered], 0.85))


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_one_customer_written_in_two_ways_is_listed(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (listed(one, other), listed(other, one)) == (1, 1)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_two_customers_that_look_alike_are_not_listed(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (listed(one, other), listed(other, one)) == (0, 0)
