"""Names of countries in English, Chinese and their own languages, with the codes of ISO 3166."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crmtext.values.folding import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = """
AE United Arab Emirates;UAE;阿联酋;阿拉伯联合酋长国
AR Argentina;阿根廷
AT Austria;Österreich;奥地利
AU Australia;澳大利亚;澳洲
BD Bangladesh;孟加拉国;孟加拉
BE Belgium;Belgique;België;比利时
BG Bulgaria;保加利亚
BR Brazil;Brasil;巴西
BY Belarus;白俄罗斯
CA Canada;加拿大
CH Switzerland;Schweiz;Suisse;Svizzera;瑞士
CL Chile;智利
CN China;PRC;P.R. China;P.R.C.;People's Republic of China;Mainland China;中国;中国大陆;中华人民共和国;大陆
CO Colombia;哥伦比亚
CZ Czechia;Czech Republic;捷克
DE Germany;Deutschland;Alemania;Allemagne;德国
DK Denmark;Danmark;丹麦
DZ Algeria;阿尔及利亚
EE Estonia;Eesti;爱沙尼亚
EG Egypt;埃及
ES Spain;España;西班牙
ET Ethiopia;埃塞俄比亚
FI Finland;Suomi;芬兰
FR France;Francia;法国
GB United Kingdom;UK;U.K.;Great Britain;England;Scotland;Wales;Reino Unido;英国;英格兰
GR Greece;希腊
HK Hong Kong;Hong Kong SAR;香港;中国香港;香港特别行政区
HR Croatia;克罗地亚
HU Hungary;Magyarország;匈牙利
ID Indonesia;印度尼西亚;印尼
IE Ireland;爱尔兰
IL Israel;以色列
IN India;印度
IQ Iraq;伊拉克
IR Iran;伊朗
IS Iceland;冰岛
IT Italy;Italia;意大利
JP Japan;日本
KE Kenya;肯尼亚
KH Cambodia;柬埔寨
KR South Korea;Korea;Republic of Korea;Korea, Republic of;韩国;南韩
KW Kuwait;科威特
KZ Kazakhstan;哈萨克斯坦
LA Laos;老挝
LK Sri Lanka;斯里兰卡
LT Lithuania;Lietuva;立陶宛
LU Luxembourg;卢森堡
LV Latvia;Latvija;拉脱维亚
MA Morocco;摩洛哥
MM Myanmar;缅甸
MN Mongolia;蒙古;蒙古国
MO Macao;Macau;澳门;中国澳门;澳门特别行政区
MX Mexico;México;墨西哥
MY Malaysia;马来西亚
NG Nigeria;尼日利亚
NL Netherlands;The Netherlands;Holland;Nederland;荷兰
NO Norway;Norge;挪威
NZ New Zealand;新西兰
OM Oman;阿曼
PE Peru;秘鲁
PH Philippines;菲律宾
PK Pakistan;巴基斯坦
PL Poland;Polska;波兰
PT Portugal;葡萄牙
QA Qatar;卡塔尔
RO Romania;罗马尼亚
RS Serbia;塞尔维亚
RU Russia;Russian Federation;俄罗斯;俄国
SA Saudi Arabia;沙特阿拉伯;沙特
SE Sweden;Sverige;瑞典
SG Singapore;新加坡
SI Slovenia;斯洛文尼亚
SK Slovakia;斯洛伐克
TH Thailand;泰国
TR Turkey;Türkiye;土耳其
TW Taiwan;台湾;中国台湾;台湾省
UA Ukraine;乌克兰
US United States;United States of America;USA;U.S.A.;U.S.;America;Estados Unidos;美国
UY Uruguay;乌拉圭
UZ Uzbekistan;乌兹别克斯坦
VE Venezuela;委内瑞拉
VN Vietnam;Viet Nam;越南
ZA South Africa;南非
"""


def country(text: str) -> str:
    """Return the code of a country by its name or code; empty if the name is unknown."""
    short = text.strip().upper()
    is_code = len(short) == 2 and short.isascii() and short.isalpha() and short != "UK"
    return short if is_code else _codes().get(folded(text), "")


@cache
def _codes() -> Mapping[str, str]:
    lines = (line.partition(" ") for line in _NAMES.strip().splitlines())
    return {folded(name): code for code, _blank, names in lines for name in names.split(";")}
