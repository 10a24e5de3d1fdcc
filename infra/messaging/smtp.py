"""Mail over SMTP: `smtp://user:password@host:587` (STARTTLS where the server offers it) or `smtps://` (TLS at once)."""

from __future__ import annotations

import contextlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from urllib.parse import unquote, urlsplit

import aiosmtplib

from infra.messaging.port import Mail, MailRejected, MailUnavailable, MailUncertain

TIMEOUT_SECONDS = 20
PORTS = {"smtp": 587, "smtps": 465}


class SmtpMailer:
    """`Mailer` over one server; every mail opens a connection of its own."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("SMTP_URL is not smtp:// or smtps:// with a host")
        self._tls = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender or f"no-reply@{parts.hostname}"

    async def send(self, mail: Mail) -> None:
        message = self._compose(mail)
        client = aiosmtplib.SMTP(
            hostname=self._host, port=self._port, use_tls=self._tls, timeout=TIMEOUT_SECONDS,
            start_tls=False if self._tls else None,
        )  # fmt: skip
        await self._open(client)
        try:
            await client.sendmail(self._sender, [mail.recipient], message)
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as error:
            raise _answer(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUncertain(str(error)) from error
        finally:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        """Until here nothing was handed over, so whatever goes wrong can be tried again."""
        try:
            await client.connect()
            if self._user:
                await client.login(self._user, self._password)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise MailUnavailable(str(error)) from error

    def _compose(self, mail: Mail) -> bytes:
        """Header injection is refused by the library: a line break in a header is an error there."""
        message = EmailMessage(policy=WIRE)
        try:
            message["From"] = Address(mail.sender_name, addr_spec=self._sender)
            message["To"] = Address(addr_spec=mail.recipient)
            message["Subject"] = mail.subject
            message["Message-ID"] = mail.message_id
            message["Auto-Submitted"] = "auto-generated"
        except Exception as error:  # the library raises several kinds for addresses that are none
            raise MailRejected(f"not an address: {error}") from error
        message.set_content(mail.text, cte="base64")
        for file in mail.attachments:
            kind, _, subtype = file.media_type.partition("/")
            message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
        return message.as_bytes()


def _answer(error: aiosmtplib.SMTPException) -> MailRejected | MailUnavailable:
    """Codes from 500 are a clear no; the others mean later. Either way the mail was not taken."""
    refused = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
    code = refused.code if isinstance(refused, aiosmtplib.SMTPResponseException) else 451
    return MailRejected(str(error)) if code >= 500 else MailUnavailable(str(error))
