"""The way in from sign-up: a one-time code becomes a session on this host."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.params import FromQuery
from litestar.response import Redirect

from app import identity
from app.identity import MERCHANT
from app.kernel.pages import see_other


@get("/enter", permission="public")
async def enter(request: Request[Any, Any, Any], code: FromQuery[str] = "") -> Redirect:
    """Signs the merchant in and goes to the dashboard. Raises CodeSpent when the code was used or is too old."""
    subject, tenant_id = await identity.codes.redeem(MERCHANT, code)
    await identity.open_session(request, MERCHANT, subject, tenant_id=tenant_id)
    return see_other("/")
