"""One request to the application, exactly as written: any Host header, any cookie, and streams that never end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from infra.settings import settings
from tests.isolation.people import Person

PATIENCE_SECONDS = 60.0
STREAM_SECONDS = 0.4


@dataclass(frozen=True)
class Question:
    """What is sent. `hosts` are the Host headers, usually one."""

    hosts: tuple[str, ...]
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    person: Person | None = None
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        query = f"?{urlencode(self.query)}" if self.query else ""
        form = f" with {dict(self.form)}" if self.form else ""
        return f"{self.method} {' + '.join(self.hosts)}{self.path}{query}{form}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: str
    body: str

    @property
    def text(self) -> str:
        return f"{self.headers}\n{self.body}"


async def ask(app: Any, question: Question) -> Answer:
    """Send it and read the answer; a stream is read for a moment and then left."""
    messages: list[dict[str, Any]] = []
    ended, gone = asyncio.Event(), asyncio.Event()
    body = question.body or urlencode(_form_of(question)).encode()
    unread = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if unread:
            return unread.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    task = asyncio.create_task(app(_scope(question, len(body)), receive, send))
    await _wait(task, ended, messages)
    gone.set()
    if not task.done():
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    except Exception as error:  # a server would answer 500 and write this to its log
        return Answer(500, "", f"{type(error).__name__}: {error}")
    return _answer(messages)


async def _wait(task: asyncio.Task[None], ended: asyncio.Event, messages: Sequence[dict[str, Any]]) -> None:
    """Until the answer is complete, or a stream has begun and had a moment to say something."""
    end = asyncio.create_task(ended.wait())
    began = asyncio.get_running_loop().time()
    try:
        while not task.done() and not ended.is_set():
            await asyncio.wait({task, end}, timeout=STREAM_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            streaming = any(b"text/event-stream" in value for value in _values(messages))
            if streaming or asyncio.get_running_loop().time() - began > PATIENCE_SECONDS:
                return
    finally:
        end.cancel()


def _values(messages: Sequence[dict[str, Any]]) -> list[bytes]:
    return [value for _, value in messages[0].get("headers", [])] if messages else []


def _form_of(question: Question) -> tuple[tuple[str, str], ...]:
    if question.method in ("GET", "HEAD"):
        return ()
    token = (("_csrf", question.person.csrf),) if question.person else ()
    return (*question.form, *token)


def _scope(question: Question, length: int) -> dict[str, Any]:
    headers = [("host", host) for host in question.hosts]
    headers += [("accept", "text/html"), ("user-agent", "Mozilla/5.0 Chrome/156"), ("sec-fetch-dest", "document")]
    if question.person and question.person.program:
        headers.append(("authorization", f"Bearer {question.person.token}"))
    elif question.person:
        headers.append(("cookie", question.person.cookie))
    if question.method not in ("GET", "HEAD"):
        headers.append(("content-length", str(length)))
        if not any(name == "origin" for name, _ in question.headers):
            headers.append(("origin", f"{settings().scheme}://{question.hosts[0]}".lower()))
        if not question.body:
            headers.append(("content-type", "application/x-www-form-urlencoded"))
    headers += question.headers
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": settings().scheme,
        "method": question.method, "path": unquote(question.path), "raw_path": question.path.encode(),
        "query_string": urlencode(question.query).encode(), "root_path": "", "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", settings().port), "state": {},
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }  # fmt: skip


def _answer(messages: Sequence[dict[str, Any]]) -> Answer:
    if not messages:
        return Answer(0, "", "")
    headers = b"\n".join(name + b": " + value for name, value in messages[0].get("headers", []))
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Answer(messages[0]["status"], headers.decode("latin-1"), body.decode("utf-8", "replace"))
