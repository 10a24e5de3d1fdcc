"""Ten thousand forged notices, for every way of signing: none is believed, while all the genuine ones are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from infra.payment.port import UnrelatedNotice, UntrustedNotice
from tests.contract.payment import forgery_targets
from tests.contract.payment.forgeries import NOW, Target
from tests.figures import Figure

EACH = 2_000
TARGETS: dict[str, Callable[[], Target]] = {
    "sandbox": forgery_targets.sandbox,
    "wechat": partial(forgery_targets.wechat, by_certificate=False),
    "wechat-certificate": partial(forgery_targets.wechat, by_certificate=True),
    "alipay": forgery_targets.alipay,
    "stripe": forgery_targets.stripe,
}


@pytest.fixture(scope="module", params=TARGETS)
def target(request: pytest.FixtureRequest) -> Target:
    return TARGETS[request.param]()


def test_genuine_notices_are_believed(target: Target) -> None:
    for headers, body in target.genuine:
        shouted = {name.upper(): value for name, value in headers.items()}

        assert target.parser.parse_webhook(shouted, body, NOW).state.currency == "CNY"


def test_no_forged_notice_is_believed(target: Target, figure: Figure, request: pytest.FixtureRequest) -> None:
    luck, mutations, tried, accepted = Random(20261122), target.mutations(), Counter[str](), []
    while tried.total() < EACH:
        kind = luck.choice(list(mutations))
        said = luck.choice(target.genuine)
        forged = mutations[kind](luck, said)
        if not target.is_forged(said, forged):
            continue
        tried[kind] += 1
        try:
            target.parser.parse_webhook(*forged, NOW)
        except (UntrustedNotice, UnrelatedNotice):
            continue
        accepted.append((kind, forged))

    assert accepted == []
    assert set(tried) == set(mutations)
    figure(f"forgeries provider={request.node.callspec.params['target']} tried={tried.total()} accepted=0")


def test_together_they_are_ten_thousand() -> None:
    assert EACH * len(TARGETS) == 10_000
