"""Saved views of the order list: filters under a name, one's own or everybody's."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect

import tenants
from app import orders
from app.backoffice.frame import AnyRequest
from app.flows import order_search
from app.identity import viewer_of
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


class ViewForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    filters: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    shared: bool = False


class OrderViewController(Controller):
    path = "/order-views"

    @post(permission="orders.read")
    async def save(self, request: AnyRequest) -> Redirect:
        form = await read_form(request, ViewForm)
        filters = order_search.filters_of(form.filters)
        async with tenants.transaction():
            await orders.save_view(viewer_of(request).id, form.name, filters, shared=form.shared)
        return see_other(f"/orders?{order_search.query_of(filters)}", flash=("ok", _("The view is saved")))

    @post("/{order_view_id:uuid}/removal", permission="orders.read")
    async def remove(self, request: AnyRequest, order_view_id: FromPath[UUID]) -> Redirect:
        """Raises NotFound for views of others."""
        async with tenants.transaction():
            await orders.remove_view(order_view_id, viewer_of(request).id)
        return see_other("/orders", flash=("ok", _("The view is removed")))


HANDLERS = [OrderViewController]
