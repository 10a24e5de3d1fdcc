"""From a shop's row and its opened secrets to the adapter that keeps the port's promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from infra.http import Outside
from infra.marketplace import douyin, tiktok, wechat_channels
from infra.marketplace.calls import PAUSE_S
from infra.marketplace.port import MarketplaceOrders


class Platform(NamedTuple):
    """`asks` are the fields of its credentials; `ref` is the one that names the shop and is no secret."""

    asks: tuple[str, ...]
    ref: str
    address: str
    build: Callable[[Mapping[str, str], str, str, int, Outside, float], MarketplaceOrders]


def _wechat(
    said: Mapping[str, str], base: str, currency: str, decimals: int, out: Outside, pause: float
) -> MarketplaceOrders:
    shop = wechat_channels.WeChatShop(said["appid"], said["secret"], base)
    return wechat_channels.WeChatChannels(shop, out, pause_s=pause)


def _douyin(
    said: Mapping[str, str], base: str, currency: str, decimals: int, out: Outside, pause: float
) -> MarketplaceOrders:
    return douyin.Douyin(
        douyin.DouyinShop(said["app_key"], said["secret"], said["access_token"], base), out, pause_s=pause
    )


def _tiktok(
    said: Mapping[str, str], base: str, currency: str, decimals: int, out: Outside, pause: float
) -> MarketplaceOrders:
    shop = tiktok.TikTokShop(
        said["app_key"], said["secret"], said["access_token"], said["shop_cipher"], currency, decimals, base
    )
    return tiktok.TikTok(shop, out, pause_s=pause)


PLATFORMS: Mapping[str, Platform] = {
    "wechat_channels": Platform(("appid", "secret"), "appid", wechat_channels.ADDRESS, _wechat),
    "douyin": Platform(("app_key", "secret", "access_token"), "app_key", douyin.ADDRESS, _douyin),
    "tiktok": Platform(("app_key", "secret", "access_token", "shop_cipher"), "shop_cipher", tiktok.ADDRESS, _tiktok),
}


def connect(
    platform: str, said: Mapping[str, str], base_url: str, outside: Outside, *, currency: str, decimals: int,
    pause_s: float = PAUSE_S,
) -> MarketplaceOrders:  # fmt: skip
    return PLATFORMS[platform].build(said, base_url, currency, decimals, outside, pause_s)
