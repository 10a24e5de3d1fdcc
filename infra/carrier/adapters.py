"""From a tracking account's row and its opened secrets to the adapter that keeps the port's promises."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple

from infra.carrier import generic, kdniao, kuaidi100
from infra.carrier.port import CarrierTracking
from infra.http import Outside


class Service(NamedTuple):
    """`asks` are the fields of its credentials, `secret` those never shown again; `address` is empty where it is asked.

    `told_there`: the address for pushes is set in the service's own console, so a person has to copy it.
    """

    asks: tuple[str, ...]
    secret: frozenset[str]
    address: str
    build: Callable[[Mapping[str, str], str, Outside], CarrierTracking]
    told_there: bool = False


def _kuaidi100(said: Mapping[str, str], base_url: str, outside: Outside) -> CarrierTracking:
    account = kuaidi100.Kuaidi100Account(said["customer"], said["key"], said["salt"], base_url)
    return kuaidi100.Kuaidi100Service(account, outside)


def _kdniao(said: Mapping[str, str], base_url: str, outside: Outside) -> CarrierTracking:
    account = kdniao.KdniaoAccount(said["business_id"], said["api_key"], said.get("plan", "free"), base_url)
    return kdniao.Kdniao(account, outside)


def _generic(said: Mapping[str, str], base_url: str, outside: Outside) -> CarrierTracking:
    return generic.GenericCarrier(generic.GenericAccount(base_url, said["secret"]), outside)


SERVICES: Mapping[str, Service] = {
    "kuaidi100": Service(("customer", "key"), frozenset({"key"}), kuaidi100.ADDRESS, _kuaidi100),
    "kdniao": Service(("business_id", "api_key", "plan"), frozenset({"api_key"}), kdniao.ADDRESS, _kdniao, True),
    "generic": Service(("base_url", "secret"), frozenset({"secret"}), "", _generic),
}


def own_secrets(provider: str) -> dict[str, str]:
    """What we invent when an account is connected: the salt Kuaidi100 signs its pushes with."""
    return {"salt": secrets.token_hex(16)} if provider == "kuaidi100" else {}
