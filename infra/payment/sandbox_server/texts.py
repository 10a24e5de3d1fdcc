"""The pay page's words in three languages; the sandbox is a server of its own and shares no catalogue with the shop."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Rehearsal payment",
        "notice": "This is a sandbox. No money moves.",
        "to": "Pay to",
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
        "notice": "这是沙盒环境，不会产生真实扣款。",
        "to": "收款方",
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
        "notice": "這是沙盒環境，不會真的扣款。",
        "to": "收款方",
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
LOCALES = {"en": "en", "zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW"}
