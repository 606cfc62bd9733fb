"""Payment card numbers: issuer ranges, check digit, and the words beside a number that name it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from crmtext.values import lazy


class _Range(NamedTuple):
    """An issuer's first four digits, the lengths in use today, and all lengths ever issued."""

    first: int
    last: int
    usual: range
    possible: range


#: ISO/IEC 7812 ranges as the networks publish them.
_ISSUERS = (
    _Range(2200, 2204, range(16, 20), range(16, 20)),  # Mir
    _Range(2221, 2720, range(16, 17), range(16, 17)),  # Mastercard
    _Range(3000, 3059, range(0), range(14, 20)),  # Diners Club
    _Range(3400, 3499, range(15, 16), range(15, 16)),  # American Express
    _Range(3528, 3589, range(16, 17), range(16, 20)),  # JCB
    _Range(3600, 3699, range(0), range(14, 20)),  # Diners Club
    _Range(3700, 3799, range(15, 16), range(15, 16)),  # American Express
    _Range(3800, 3999, range(0), range(14, 20)),  # Diners Club
    _Range(4000, 4999, range(16, 17), range(13, 20, 3)),  # Visa
    _Range(5100, 5599, range(16, 17), range(16, 17)),  # Mastercard
    _Range(6011, 6011, range(16, 17), range(16, 20)),  # Discover
    _Range(6200, 6299, range(16, 20), range(16, 20)),  # UnionPay
    _Range(6440, 6599, range(16, 17), range(16, 20)),  # Discover
    _Range(8100, 8171, range(0), range(16, 20)),  # UnionPay
)
#: An account of 13 or 14 digits is hardly ever a card.
_ACCOUNT_DIGITS = 15
#: Numbers that begin with a date of a year up to this one are order numbers, not cards.
_LAST_YEAR = 33
# Longer words come first: 会员卡号 isn't 卡号.
_WORDS = lazy.pattern(
    r"(?P<other>(?:会员|VIP|门禁|电话|流量|礼品|购物|加油|油|sim)卡号?|[账帐]单|单号|订单|定单|合同|发票|流水|编号|序列|序号|批次"
    r"|税号|注册号|执照|信用代码|运单|快递|物流|条码|设备号|工单|票号|凭证|回单|货号|追踪|交易号|商户号|时间戳"
    r"|(?<![a-z])(?:orders?|invoices?|contracts?|tracking|waybill|serial|barcode|external_ids|timestamp|imei|iccid"
    r"|members?(?:hip)?(?:[ _-]?card)?|transaction[ _-]?(?:id|no|number)|tickets?|batch|reference)"
    r"|(?<![a-z])(?:inv|s/?n|p[/.]?o|s[/.]?o|sku|ean|gtin|upc|uscc|tax|ref|erp|txn)(?![a-z]))"
    r"|(?P<card>卡号|(?:银行|信用|储蓄|借记|贷记|工资|收款|付款|提现|结算|银联|邮储|个人|[工农中建交招]?行)卡|刷卡|银联"
    r"|卡(?=[ 是为:：(（]*\Z)|(?<![a-z])(?:cards?(?:[ _-]?(?:no|num|number|holder))?|pan|visa|master ?card"
    r"|union ?pay|amex|jcb|debit|credit)(?![a-z]))"
    r"|(?P<account>[账帐][号户]|开户|银行|收款|汇款|转账|打款|提现|退款|(?<![a-z])(?:accounts?|acct|bank|iban|payee|refund"
    r"|paid|payment)(?![a-z]))",
    2,  # re.IGNORECASE
)


class Named(Enum):
    """The kind of number that the words beside it name."""

    CARD = "card"
    ACCOUNT = "account"
    OTHER = "other"
    NOTHING = ""


class Words(NamedTuple):
    """The kind named by the nearest word, and whether any word says card."""

    nearest: Named = Named.NOTHING
    card: bool = False


def words_in(text: str, *, last: bool = True) -> Words:
    """The kind that a text's words give to the number after it, or before it unless `last`."""
    kinds = [Named(match.lastgroup) for match in _WORDS.finditer(text)]
    if not kinds:
        return Words()
    return Words(kinds[-1 if last else 0], Named.CARD in kinds)


def may_be(digits: str) -> bool:
    """Whether digits can be a card number: ISO/IEC 7812 length and Luhn check digit."""
    if not 13 <= len(digits) <= 19 or digits[0] == "0" or not (digits.isascii() and digits.isdigit()):
        return False
    # Not by `stdnum`: it imports OpenSSL, and any text with 13 digits comes here.
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_issued(digits: str, *, usual: bool = False) -> bool:
    """Whether an issuer uses these first digits and this length; `usual`: only lengths in use today."""
    first = int(digits[:4])
    return any(
        issuer.first <= first <= issuer.last and len(digits) in (issuer.usual if usual else issuer.possible)
        for issuer in _ISSUERS
    )


def is_card(digits: str, groups: tuple[str, ...], gaps: tuple[str, ...], words: Words) -> bool:
    """Whether digits that may be a card are one, judged by their groups and the words beside them."""
    grouped = len(groups) > 1
    if grouped and _has_card_groups([len(group) for group in groups]):
        if words.nearest is Named.CARD:
            return True
        return is_issued(digits) and not _is_list(groups, gaps)
    if words.nearest is Named.CARD:
        return is_issued(digits) if grouped else not digits.startswith(("19", "20"))
    if grouped or _is_dated(digits):
        return False
    if words.nearest is Named.ACCOUNT or words.card:
        return len(digits) >= _ACCOUNT_DIGITS and is_issued(digits)
    return words.nearest is Named.NOTHING and is_issued(digits, usual=True)


def _has_card_groups(sizes: list[int]) -> bool:
    """Whether the groups are those of cards: fours, 6 and 13, or 4-6-5."""
    if sizes in ([4, 6, 5], [4, 6, 4]):
        return True
    ends = {sum(sizes[:number]) for number in range(1, len(sizes))}
    return (sizes[0] == 4 and ends <= {4, 8, 12, 16}) or (sizes[0] == 6 and ends <= {6, 10, 14})


def _is_list(groups: tuple[str, ...], gaps: tuple[str, ...]) -> bool:
    """Whether these are several short numbers: rooms on one floor, or two phone numbers of eight digits."""
    alike = len(groups) > 3 and len({group[:2] for group in groups[:4]}) == 1
    return alike or (len(gaps) == 3 and gaps[0] == gaps[2] != gaps[1])


def _is_dated(digits: str) -> bool:
    """Whether they begin with a date as YYMMDD, like order numbers."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    return year <= _LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31
