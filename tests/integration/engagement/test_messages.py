"""A message is written with what it tells and leaves at most once."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

import tenants
from app import engagement
from infra.settings import settings
from tenants import Tenant
from tests.builders_aftersales import ask, context, delivered_order, told
from tests.builders_mail import Postbox, postbox
from tests.builders_selling import jobs
from workers import messaging
from workers.context import Retry


@pytest.fixture
def box(pools: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """An installation that has a mail server."""
    with postbox() as found:
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{found.port}")
        monkeypatch.setenv("MAIL_FROM", "shop@example.test")
        settings.cache_clear()
        yield found
    monkeypatch.undo()
    settings.cache_clear()


async def _messages(aftersale: UUID) -> list[engagement.Message]:
    async with tenants.transaction():
        return await engagement.messages_about(aftersale)


async def _send(message: UUID, *, attempt: int = 1) -> None:
    await messaging.send(context("messaging.send", attempt=attempt), message_id=str(message))


async def _to_shopper(aftersale: UUID) -> engagement.Message:
    return next(one for one in await _messages(aftersale) if one.recipient == "customer")


async def test_without_a_mail_server_messages_are_kept(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())

    assert {one.status for one in await _messages(aftersale)} == {"kept"}
    assert await jobs("messaging.send") == 0


async def test_a_message_is_sent_once_and_its_name_follows_from_its_row(shop: Tenant, box: Postbox) -> None:
    message = await _to_shopper(await ask(await delivered_order()))
    assert (message.status, await jobs("messaging.send")) == ("queued", 1)

    for _ in range(2):
        await _send(message.id)

    (mail,) = box.mails
    assert mail["Message-ID"] == f"<{message.id}.{shop.id}@localhost>"
    assert message.facts["number"] in str(mail["Subject"])
    assert f"/aftersales/{message.facts['url'].rpartition('/')[2]}" in mail.get_content()


async def test_a_mail_server_that_says_later_is_asked_again(shop: Tenant, box: Postbox) -> None:
    aftersale = await ask(await delivered_order())
    message = await _to_shopper(aftersale)
    box.answer = "451 later"

    with pytest.raises(Retry):
        await _send(message.id)
    assert (await _to_shopper(aftersale)).status == "queued"
    box.answer = "250 OK"
    await _send(message.id, attempt=2)

    assert ((await _to_shopper(aftersale)).status, len(box.mails)) == ("sent", 1)


async def test_after_the_last_attempt_it_is_failed(shop: Tenant, box: Postbox) -> None:
    aftersale = await ask(await delivered_order())
    box.answer = "451 later"

    await _send((await _to_shopper(aftersale)).id, attempt=12)

    assert (await _to_shopper(aftersale)).status == "failed"


@pytest.mark.parametrize("answer", ["550 no such person", ""])
async def test_what_was_refused_or_may_have_arrived_is_not_sent_again(shop: Tenant, box: Postbox, answer: str) -> None:
    aftersale = await ask(await delivered_order())
    message = await _to_shopper(aftersale)
    box.answer = answer

    await _send(message.id)
    box.answer = "250 OK"
    await _send(message.id)

    assert ((await _to_shopper(aftersale)).status, box.mails) == ("failed", [])


async def test_an_attempt_that_died_may_have_sent_it(shop: Tenant, box: Postbox) -> None:
    aftersale = await ask(await delivered_order())
    message = await _to_shopper(aftersale)
    async with tenants.transaction():
        await engagement.take_message(message.id)

    await _send(message.id)

    found = await _to_shopper(aftersale)
    assert (found.status, found.failure, box.mails) == ("failed", "interrupted", [])


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize(("recipient", "kind"), list(engagement.TEXTS))
def test_every_message_can_be_written_in_every_language(recipient: str, kind: str, locale: str) -> None:
    from app.kernel.clock import now
    from app.kernel.ids import new_id

    facts = {
        "number": "T1-A1", "order": "T1", "store": "Orchard", "zone": "Asia/Taipei", "currency": "TWD", "amount": 100,
        "words": "Because.", "exchange": "T1-A1-X", "url": "https://shop.test",
        **dict.fromkeys(("deadline", "opens", "day"), now().isoformat()),
    }  # fmt: skip
    message = engagement.Message(new_id(), recipient, "", locale, kind, facts, "kept", "", now(), None)

    subject, body = engagement.mail_text(message)

    assert "%(" not in subject + body
    assert "–" not in subject + body


async def test_another_stores_messages_are_not_there(shop: Tenant, other_shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())

    with tenants.bind(other_shop):
        assert await _messages(aftersale) == []
    assert await told(aftersale, "customer") == ["requested"]
