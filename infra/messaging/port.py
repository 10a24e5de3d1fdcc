"""What the shop may expect of whoever carries its mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the text of a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. `message_id` is the same whenever the same message is tried again."""

    message_id: str
    recipient: str
    subject: str
    text: str
    sender_name: str = ""
    attachments: tuple[Attachment, ...] = ()


class MailRejected(Exception):
    """The mail server will not take this mail; asking again cannot help."""


class MailUnavailable(Exception):
    """The mail certainly was not taken; asking again later can help."""


class MailUncertain(Exception):
    """The connection broke after the mail was handed over: it may have been taken, so it is not sent again."""


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Hand one mail over. Raises MailRejected, MailUnavailable, MailUncertain."""
        ...
