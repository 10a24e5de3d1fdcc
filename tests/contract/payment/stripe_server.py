"""A server that speaks as Stripe does: bearer keys, form bodies, idempotency keys, lists, and webhooks signed for real.

It knows Checkout sessions and refunds, as much of them as a shop needs, and its own pay page with three buttons.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import stripe

from tests.contract.payment.stripe_balance import Balance, Json

LARGEST = 99_999_999


class Refused(Exception):
    def __init__(self, status: int, code: str = "", param: str = "", kind: str = "invalid_request_error") -> None:
        super().__init__(code)
        self.status = status
        self.body: Json = {"error": {"type": kind, "code": code, "param": param, "message": code or param}}


@dataclass
class StripeServer:
    """One Stripe account. `webhook_url` is where it tells, `away` answers 500 although the deed is done."""

    secret_key: str
    webhook_secret: str
    webhook_url: str = ""
    url: str = ""
    live: bool = False
    away: bool = False
    fail_refunds: bool = False
    refund_s: float = 0  # a refund stays pending that long
    copies: int = 1
    refuse_refunds: bool = False
    sessions: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    kept: dict[str, tuple[bytes, int, Json]] = field(default_factory=dict)
    told: list[bytes] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    balance: Balance = field(default_factory=lambda: Balance())
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def __call__(self, scope: Json, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.requests.append((f"{scope['method']} {scope['path']}", headers))
        status, answer, more_headers = await self._answer(scope, headers, body)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        given = [(b"content-type", b"application/json"), *more_headers]
        await send({"type": "http.response.start", "status": status, "headers": given})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, scope: Json, headers: dict[str, str], body: bytes) -> tuple[int, Any, list[Any]]:
        method, path = scope["method"], scope["path"]
        if path.startswith("/pay/"):
            await self._shopper(path.removeprefix("/pay/"), dict(parse_qsl(body.decode())).get("choice", ""))
            back = self.sessions[path.removeprefix("/pay/")]["success_url"]
            return 303, b"", [(b"location", back.encode())]
        if headers.get("authorization") != f"Bearer {self.secret_key}":
            return 401, Refused(401, "", kind="invalid_request_error").body, []
        key = headers.get("idempotency-key", "")
        if method == "POST" and key in self.kept:
            sent, status, answer = self.kept[key]
            if sent != body:
                return 400, Refused(400, kind="idempotency_error").body, []
            return status, answer, [(b"idempotent-replayed", b"true")]
        form = _nested(body if method == "POST" else scope["query_string"])
        try:
            status, answer = 200, await self._do(method, path, form)
        except Refused as error:
            status, answer = error.status, error.body
        if key:
            self.kept[key] = (body, status, json.loads(json.dumps(answer)))
        return (500, {"error": {"type": "api_error"}}, []) if self.away else (status, answer, [])

    async def _do(self, method: str, path: str, form: Json) -> Json:
        if (method, path) == ("POST", "/v1/checkout/sessions"):
            _require_lifetime(form.get("expires_at"))
            return self._open(form)
        if found := re.fullmatch(r"/v1/checkout/sessions/(\w+)(/expire)?", path):
            session = self._session(found[1])
            if found[2]:
                if session["status"] != "open":
                    raise Refused(400)
                session["status"] = "expired"
                self.tell("checkout.session.expired", session)
            return self._whole(session) if form.get("expand") else session
        if (method, path) == ("POST", "/v1/refunds"):
            return await self._give_back(form)
        if (method, path) == ("GET", "/v1/refunds"):
            return self._list(form)
        if (method, path) == ("GET", "/v1/balance_transactions"):
            return self.balance.list(form)
        if path == "/v1/account":
            return {"id": "acct_1", "object": "account"}
        raise Refused(404, "resource_missing")

    def _open(self, form: Json) -> Json:
        (line,) = form["line_items"].values()
        amount = int(line["price_data"]["unit_amount"])
        if not 0 < amount <= LARGEST:
            raise Refused(400, "amount_too_large" if amount > 0 else "parameter_invalid_integer")
        session_id = f"cs_test_{next(self._numbers)}"
        self.sessions[session_id] = {
            "id": session_id, "object": "checkout.session", "status": "open", "payment_status": "unpaid",
            "amount_total": amount, "currency": line["price_data"]["currency"], "url": f"{self.url}/pay/{session_id}",
            "payment_intent": None, "metadata": form["metadata"], "client_reference_id": form["client_reference_id"],
            "success_url": form["success_url"], "expires_at": int(form.get("expires_at", time.time() + 86_400)),
        }  # fmt: skip
        return self.sessions[session_id]

    def _session(self, session_id: str) -> Json:
        if session_id not in self.sessions:
            raise Refused(404, "resource_missing")
        return self.sessions[session_id]

    def _whole(self, session: Json) -> Json:
        """With the objects that were asked for instead of their names."""
        intent = session["payment_intent"]
        if not intent:
            return session
        back = sum(each["amount"] for each in self._of_intent(intent) if each["status"] in ("succeeded", "pending"))
        charge = {
            "id": f"ch_{intent}", "amount": session["amount_total"], "currency": session["currency"],
            "amount_refunded": back, "metadata": session["metadata"],
        }  # fmt: skip
        return session | {"payment_intent": {"id": intent, "status": "succeeded", "latest_charge": charge}}

    def _of_intent(self, intent: str) -> list[Json]:
        return [each for each in self.refunds.values() if each["payment_intent"] == intent]

    async def _shopper(self, session_id: str, choice: str) -> None:
        """Stripe's own page: a declined card leaves the session open, so `fail` and `cancel` let it run out."""
        session = self.sessions[session_id]
        if session["status"] != "open":
            return
        if choice == "pay":
            session |= {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{session_id}"}
            self.balance.move(
                "charge", session | {"id": f"ch_{session_id}", "amount": session["amount_total"]}, fee=175
            )
            self.tell("checkout.session.completed", session)
        elif choice == "later":
            session |= {"status": "complete", "payment_intent": f"pi_{session_id}"}
            self.tell("checkout.session.completed", session)
        else:
            session["status"] = "expired"
            self.tell("checkout.session.expired", session)

    async def _give_back(self, form: Json) -> Json:
        session = next(each for each in self.sessions.values() if each["payment_intent"] == form["payment_intent"])
        amount = int(form["amount"])
        alive = [each["amount"] for each in self._of_intent(form["payment_intent"]) if each["status"] != "failed"]
        if self.refuse_refunds:
            raise Refused(400, "balance_insufficient")
        if sum(alive) + amount > session["amount_total"]:
            raise Refused(400, "charge_already_refunded" if sum(alive) == session["amount_total"] else "", "amount")
        refund_id = f"re_{next(self._numbers)}"
        status = "failed" if self.fail_refunds else "pending" if self.refund_s else "succeeded"
        self.refunds[refund_id] = refund = {
            "id": refund_id, "object": "refund", "amount": amount, "currency": session["currency"], "status": status,
            "payment_intent": form["payment_intent"], "metadata": form["metadata"],
        }  # fmt: skip
        self.balance.move("refund", refund)
        self.tell("refund.failed" if status == "failed" else "refund.created", refund)
        if self.refund_s:
            self._soon(self._succeed(refund))
        return refund

    async def _succeed(self, refund: Json) -> None:
        await asyncio.sleep(self.refund_s)
        refund["status"] = "succeeded"
        self.tell("refund.updated", refund)

    def _list(self, form: Json) -> Json:
        found = list(reversed(self._of_intent(form["payment_intent"])))
        if after := form.get("starting_after"):
            found = found[[each["id"] for each in found].index(after) + 1 :]
        limit = int(form.get("limit", 10))
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit}

    def event(self, kind: str, thing: Json, **facts: Any) -> Json:
        return {
            "id": f"evt_{next(self._numbers)}", "object": "event", "type": kind, "created": int(time.time()),
            "livemode": self.live, "data": {"object": thing},
        } | facts  # fmt: skip

    def signed(self, body: bytes, *, age: int = 0, secret: str = "") -> dict[str, str]:
        header = stripe.WebhookSignature.generate_signature_header(
            body.decode(), secret or self.webhook_secret, int(time.time()) - age
        )
        return {"stripe-signature": header, "content-type": "application/json"}

    def tell(self, kind: str, thing: Json, **facts: Any) -> None:
        """Send it, and again until it is heard; signed anew each time, as Stripe does."""
        body = json.dumps(self.event(kind, thing, **facts)).encode()
        self.told.append(body)
        for _ in range(self.copies if self.webhook_url else 0):
            self._soon(self._send(body))

    async def _send(self, body: bytes) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(20):
                if (await client.post(self.webhook_url, content=body, headers=self.signed(body))).status_code < 300:
                    return
                await asyncio.sleep(0.02)

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def quiet(self) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def _require_lifetime(expires_at: str | None) -> None:
    """A page lives between half an hour and a day."""
    if expires_at is not None and not 1800 <= int(expires_at) - time.time() <= 86_400:
        raise Refused(400, "", "expires_at")


def _nested(body: bytes) -> Json:
    """`a[b][c]=d` as Stripe reads it."""
    form: Json = {}
    for name, value in parse_qsl(body.decode(), keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+", name)
        place = form
        for part in (first, *rest)[:-1]:
            place = place.setdefault(part, {})
        place[(first, *rest)[-1]] = value
    return form
