"""A real mail server in the test: it keeps what it takes, and answers with the code it is told to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PASSWORD = "p@ss:word"


@dataclass
class Postbox:
    """`answer` is what the server says to the next mail; an empty one means: hang up without a word."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"
    signed_in: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if not self.answer:
            server.transport.abort()
            return ""
        if self.answer.startswith("250"):
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(parsed, EmailMessage)
            self.mails.append(parsed)
        return self.answer

    def sign_in(self, server: Any, session: Any, envelope: Any, mechanism: str, auth: LoginPassword) -> AuthResult:
        self.signed_in.append(auth.login.decode())
        return AuthResult(success=auth.password.decode() == PASSWORD, handled=False)  # the server answers 535 itself


@contextmanager
def postbox(**more: Any) -> Iterator[Postbox]:
    """Listening on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box = Postbox(free.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=box.port, authenticator=box.sign_in, **more)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
