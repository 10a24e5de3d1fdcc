"""Every promise is asked of every provider: our sandbox, WeChat Pay in both ways of signing, Alipay and Stripe."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from infra.http import Outside
from tests.contract.conftest import Listener, Server
from tests.contract.payment.benches import Bench, SandboxBench, open_bench


@pytest.fixture
async def at_sandbox(sandbox: Server, outside: Outside, listener: Listener) -> AsyncIterator[SandboxBench]:
    """What only our own stand-in can do: pages of its own, and any weather."""
    async with open_bench("sandbox", sandbox, outside, listener) as opened:
        assert isinstance(opened, SandboxBench)
        yield opened


PROVIDERS = ["sandbox", "wechat", "wechat-certificate", "alipay", "stripe"]


@pytest.fixture(params=PROVIDERS)
async def bench(
    request: pytest.FixtureRequest, sandbox: Server, outside: Outside, listener: Listener
) -> AsyncIterator[Bench]:
    async with open_bench(request.param, sandbox, outside, listener) as opened:
        listener.reply = opened.provider.acknowledgment.body
        yield opened
