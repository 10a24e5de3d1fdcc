"""A program of the shopper's own: speaks JSON, shows a bearer token, and believes only what the document says."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from infra.settings import settings
from tenants import Tenant
from tests.functional.api.schemas import faults


class Program:
    """Every answer is held against the OpenAPI document of the store it came from."""

    def __init__(self, client: httpx.AsyncClient, tenant: Tenant) -> None:
        self.client = client
        self.base = f"{settings().origin(tenant.slug)}/api/v1"
        self.token = ""
        self.document: dict[str, Any] = {}

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        if not self.document:
            self.document = (await self.client.get(f"{self.base}/openapi.json")).json()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "authorization" not in sent:
            sent["authorization"] = f"Bearer {self.token}"
        answer = await self.client.request(method, f"{self.base}{path}", json=body, headers=sent)
        self._check(method, path, answer)
        return answer

    async def get(self, path: str, **headers: str) -> Any:
        answer = await self.ask("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = await self.ask(method, path, body, **headers)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def come(self, email: str = "", password: str = "") -> Any:
        """Get a token and keep it; the one held before is sent along."""
        said = await self.send("POST", "/session", {"email": email, "password": password} if email else {})
        self.token = said["token"]
        return said

    def _check(self, method: str, path: str, answer: httpx.Response) -> None:
        assert "set-cookie" not in answer.headers
        if answer.status_code in (204, 304):
            assert not answer.content
            return
        assert answer.headers["content-type"].startswith("application/json")
        operation = self._operation(method, path)
        said = {"$ref": "#/components/schemas/Error"}
        if operation:
            assert str(answer.status_code) in operation["responses"], (path, answer.status_code, answer.text)
            said = operation["responses"][str(answer.status_code)]["content"]["application/json"]["schema"]
            if answer.status_code >= 400:
                codes = operation["responses"][str(answer.status_code)]["x-codes"]
                assert answer.json()["code"] in codes, (path, answer.text)
        assert list(faults(self.document, said, answer.json())) == []

    def _operation(self, method: str, path: str) -> Any:
        for template, operations in self.document["paths"].items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", template)
            if re.fullmatch(pattern, path.partition("?")[0]) and method.lower() in operations:
                return operations[method.lower()]
        return None


@pytest.fixture
async def client(app: Any, pools: None) -> AsyncIterator[httpx.AsyncClient]:
    from infra import redis

    await redis.client().flushdb()  # rate limits of the test before
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50002))
    async with httpx.AsyncClient(transport=transport, headers={"Accept-Language": "en"}) as found:
        yield found


@pytest.fixture
def program(client: httpx.AsyncClient, shop: Tenant) -> Program:
    return Program(client, shop)


@pytest.fixture
def another_program(client: httpx.AsyncClient, shop: Tenant) -> Program:
    return Program(client, shop)
