"""The pay page's words in three languages; the sandbox is a server of its own and shares no catalogue with the shop."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Rehearsal payment",
        "cashier": "Sandbox cashier",
        "safe": "The shop never sees how you pay. The result goes back to it signed.",
        "notice": "This is a sandbox. No money moves.",
        "to": "Pay to",
        "what": "For",
        "number": "Payment number",
        "pay": "Pay",
        "fail": "Let it fail",
        "cancel": "Cancel",
        "back": "Back to the shop",
        "captured": "Paid.",
        "failed": "The payment failed.",
        "canceled": "The payment was canceled.",
        "unknown": "There is no such payment.",
    },
    "zh-Hans": {
        "title": "演练付款",
        "cashier": "沙盒收银台",
        "safe": "店铺看不到你怎么付款，付款结果带签名发回店铺。",
        "notice": "这是沙盒环境，不会产生真实扣款。",
        "to": "收款方",
        "what": "用途",
        "number": "支付单号",
        "pay": "确认付款",
        "fail": "模拟付款失败",
        "cancel": "取消付款",
        "back": "返回店铺",
        "captured": "已付款。",
        "failed": "付款失败。",
        "canceled": "付款已取消。",
        "unknown": "没有这笔付款。",
    },
    "zh-Hant": {
        "title": "演練付款",
        "cashier": "沙盒收銀台",
        "safe": "商店看不到你怎麼付款，付款結果會帶簽章送回商店。",
        "notice": "這是沙盒環境，不會真的扣款。",
        "to": "收款方",
        "what": "用途",
        "number": "付款單號",
        "pay": "確認付款",
        "fail": "模擬付款失敗",
        "cancel": "取消付款",
        "back": "回到商店",
        "captured": "已完成付款。",
        "failed": "付款失敗。",
        "canceled": "付款已取消。",
        "unknown": "找不到這筆付款。",
    },
}
SYMBOLS = {"CNY": "¥", "JPY": "¥", "TWD": "NT$", "HKD": "HK$", "SGD": "S$", "MYR": "RM", "USD": "US$"}
WITHOUT_CENTS = frozenset({"TWD"})  # has cents by the book, but nobody uses them
