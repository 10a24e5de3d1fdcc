"""Signing in inside a wallet's mini-program, without typing anything."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, post
from msgspec import Meta

import tenants
from app import customers, identity
from app.api.bodies import answer, read_body
from app.api.described import described
from app.api.sessions import Token, token_for
from app.flows.sign_in_with_wallet import CodeRefused, NoProgram, WalletAway, sign_in_with_wallet
from app.kernel import limits
from app.kernel.i18n import N_, current_locale, gettext

AnyRequest = Request[Any, Any, Any]
NAMELESS = N_("Shopper from WeChat")


class WalletSignIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What `wx.login` gave. `name` is for a new account, if the shopper told one."""

    code: Annotated[str, Meta(min_length=1, max_length=256)]
    name: Annotated[str, Meta(max_length=120)] = ""


class WalletSessionController(Controller):
    path = "/session/wallet"

    @post(
        **described(
            "Get a token inside a mini-program", takes=WalletSignIn, gives=Token, status=201, opens_session=True,
            refuses=(NoProgram, CodeRefused, WalletAway, customers.WalletTaken),
        ),
    )  # fmt: skip
    async def open(self, request: AnyRequest) -> Response[bytes]:
        """The code is exchanged for the shopper's openid. Whoever came before gets their account again, everybody else
        a new one without e-mail; `POST /account` adds e-mail and password later.

        Sent with a signed-in token, the openid is added to that account instead. Paying with `device` `mini_program`
        then needs no `payer_id`.
        """
        body = await read_body(request, WalletSignIn)
        await limits.take(limits.API_SESSIONS, str(tenants.current().id), identity.client_address(request))
        viewer = await identity.viewer_or_none(request)
        customer = await sign_in_with_wallet(
            body.code, signed_in=viewer.id if viewer else None, name=body.name.strip() or gettext(NAMELESS),
            locale=current_locale.get(),
        )  # fmt: skip
        return answer(await token_for(request, customer), status=201)
