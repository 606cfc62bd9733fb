"""Providers of mail for everybody: an address there says nothing about the company."""

MAIL_PROVIDERS = frozenset({
    "126.com", "139.com", "163.com", "163.net", "188.com", "189.cn", "21cn.com", "263.net", "aliyun.com", "aol.com",
    "bluewin.ch", "eyou.com", "foxmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
    "googlemail.com", "hanmail.net", "hinet.net", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr",
    "icloud.com", "libero.it", "live.cn", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com",
    "naver.com", "netvigator.com", "orange.fr", "outlook.com", "outlook.de", "pm.me", "proton.me", "protonmail.com",
    "qq.com", "seed.net.tw", "sina.cn", "sina.com", "sina.com.cn", "sohu.com", "t-online.de", "tom.com", "vip.126.com",
    "vip.163.com", "vip.qq.com", "vip.sina.com", "web.de", "wo.cn", "yahoo.cn", "yahoo.co.jp", "yahoo.co.uk",
    "yahoo.com", "yahoo.com.cn", "yahoo.com.hk", "yahoo.com.tw", "yahoo.de", "yahoo.fr", "yandex.ru", "yeah.net",
})  # fmt: skip
