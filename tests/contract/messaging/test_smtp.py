"""The mail adapter against a real SMTP server: taken once, refused clearly, never sent twice."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from infra.messaging.port import Mail, MailRejected, MailUnavailable, MailUncertain
from infra.messaging.smtp import SmtpMailer
from tests.builders_mail import PASSWORD, Postbox, postbox

MAIL = Mail(
    "<m1@shop.test>", "ya@example.test", "退款 is on its way", "第一行\n\nhttps://shop.test/x?key=1\n", "清禾果园"
)


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as found:
        yield found


def _mailer(box: Postbox, sign_in: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{sign_in}127.0.0.1:{box.port}", "shop@example.test")


async def test_a_mail_arrives_whole(box: Postbox) -> None:
    await _mailer(box).send(MAIL)

    (mail,) = box.mails
    assert (mail["Message-ID"], mail["To"], mail["Subject"]) == ("<m1@shop.test>", "ya@example.test", MAIL.subject)
    assert mail["From"].addresses[0].display_name == "清禾果园"
    assert mail.get_content().splitlines() == MAIL.text.splitlines()


async def test_it_signs_in_when_the_address_says_so() -> None:
    with postbox(auth_require_tls=False) as box:
        await _mailer(box, f"shop:{quote(PASSWORD, safe='')}@").send(MAIL)

        assert (box.signed_in, len(box.mails)) == (["shop"], 1)
        with pytest.raises(MailUnavailable, match="535"):
            await _mailer(box, "shop:wrong@").send(MAIL)


@pytest.mark.parametrize(
    ("answer", "outcome"), [("550 no such person", MailRejected), ("451 later", MailUnavailable), ("", MailUncertain)]
)
async def test_every_answer_has_its_meaning(box: Postbox, answer: str, outcome: type[Exception]) -> None:
    box.answer = answer

    with pytest.raises(outcome):
        await _mailer(box).send(MAIL)

    assert box.mails == []


async def test_a_server_that_is_away_took_nothing() -> None:
    with postbox() as box:
        gone = _mailer(box)

    with pytest.raises(MailUnavailable):
        await gone.send(MAIL)


@pytest.mark.parametrize(
    "mail",
    [
        Mail("<m1@shop.test>", "ya@example.test\r\nBcc: all@example.test", "x", "y"),
        Mail("<m1@shop.test>", "ya@example.test", "x\r\nBcc: all@example.test", "y"),
        Mail("<m1@shop.test>", "not an address", "x", "y"),
    ],
)
async def test_nobody_is_smuggled_into_a_header(box: Postbox, mail: Mail) -> None:
    with pytest.raises(MailRejected):
        await _mailer(box).send(mail)

    assert box.mails == []


@pytest.mark.parametrize("url", ["http://mail.test", "smtp://", "mail.test:25"])
def test_an_address_that_is_no_mail_server_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        SmtpMailer(url, "")
