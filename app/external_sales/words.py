"""How all sides name platforms, states and reasons. English texts, translated where they are shown."""

from app.kernel.i18n import N_

PLATFORMS = {
    "wechat_channels": N_("WeChat Channels"), "douyin": N_("Douyin"), "tiktok": N_("TikTok Shop"),
    "cps": N_("Networks"),
}  # fmt: skip
STATES = {
    "placed": (N_("Unpaid"), "warn"), "paid": (N_("Paid"), "info"), "shipped": (N_("Shipped"), "info"),
    "received": (N_("Received"), "ok"), "closed": (N_("Called off"), "bad"),
}  # fmt: skip
BASES = {
    "waiting": N_("Nobody has looked at it yet."),
    "sharer": N_("The platform names this sharer."),
    "host": N_("The platform names no sharer; this host was on air there when the order was placed."),
    "slot": N_("The order came through this promoter's own place in the offer."),
    "unknown_sharer": N_("The platform names a sharer; say which promoter that is."),
    "unknown_good": N_("The platform's code fits none of your goods; say which one it is."),
    "barred": N_("Whoever brought it is not an approved promoter, so nobody earns."),
    "nobody": N_("The platform names no sharer, and nobody was on air there."),
}
FINAL = N_("Settled: the platform will not name anybody else.")
PROVISIONAL = N_("Provisional: the platform has not settled on whose sale it was, so nothing is owed yet.")
SOURCES = {"file": N_("from a file"), "api": N_("from the platform")}
NETWORKS = {
    "jd": N_("JD Alliance"), "taobao": N_("Taobao Alliance"), "pinduoduo": N_("Pinduoduo"), "vip": N_("Vipshop"),
    "douyin": N_("Douyin Alliance"), "amazon": N_("Amazon"), "awin": N_("Awin"), "cj": N_("CJ"),
}  # fmt: skip
