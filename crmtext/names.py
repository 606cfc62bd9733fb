"""What tells names of firms apart and what does not: the script they are written in, and the places in them."""

from __future__ import annotations

from crmtext import lazy

# Signs that names of firms are made of; for comparing only, a name itself is never rewritten.
_TRADITIONAL = (
    "東業電機車門開關資訊網絡軟體術產製藥醫療設備實際國華經濟貿進區廠務聯豐億萬發銀銷農漁鐵鋼銅錶鐘鏡龍鳳馬魚鳥樂藝"
    "劇報紙書學習師員會議長張陳劉楊黃趙吳鄭馮許鄧葉蘇呂錢湯羅畢韓廣灣島綠藍紅線紡織絲綢縣鄉鎮達遠運輸輪飛場館環節氣"
    "熱燈燒煉爐礦質標準檢測試驗證創優傑偉傳視頻攝錄獨單雙寶貝麗儷貨幣財貸價買賣賓飯飲麵蘭蓮莊處與興舉舊號虛衛補裝裡"
    "複見規親觀計詢該認語說調請論諾講謝譯護讓豬貢賀賢賽贏跡軌軸載輕輝辦邊過還適選鄰釀鋪鍵鎖鏈閃閱陽陰陸階隊隨隱難靜"
    "響頁頂項順須預領頭題顏願類顧風養餘驛髮鬆鮮鹽麥點齊齒龜"
)
_SIMPLIFIED = (
    "东业电机车门开关资讯网络软体术产制药医疗设备实际国华经济贸进区厂务联丰亿万发银销农渔铁钢铜表钟镜龙凤马鱼鸟乐艺"
    "剧报纸书学习师员会议长张陈刘杨黄赵吴郑冯许邓叶苏吕钱汤罗毕韩广湾岛绿蓝红线纺织丝绸县乡镇达远运输轮飞场馆环节气"
    "热灯烧炼炉矿质标准检测试验证创优杰伟传视频摄录独单双宝贝丽俪货币财贷价买卖宾饭饮面兰莲庄处与兴举旧号虚卫补装里"
    "复见规亲观计询该认语说调请论诺讲谢译护让猪贡贺贤赛赢迹轨轴载轻辉办边过还适选邻酿铺键锁链闪阅阳阴陆阶队随隐难静"
    "响页顶项顺须预领头题颜愿类顾风养余驿发松鲜盐麦点齐齿龟"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
#: Provinces and the cities that names of firms begin with.
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


def simplified(name: str) -> str:
    """The name in simplified Chinese, as far as names of firms need it."""
    return name.translate(_TO_SIMPLIFIED)


def places(name: str) -> frozenset[str]:
    """The provinces and cities in a name."""
    return frozenset(_PLACE.findall(name))


def without_places(name: str) -> str:
    """The name without its provinces and cities."""
    return _PLACE.sub("", name)


def is_branch(name: str) -> bool:
    """Whether the name is that of a branch, one of several that differ in little."""
    return _BRANCH.search(name) is not None
