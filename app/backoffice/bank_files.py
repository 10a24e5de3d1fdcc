"""Bank transfers in one file: made, taken away, and the bank's answer to it."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import identity, payouts
from app.backoffice import queries_payouts as queries
from app.backoffice.frame import AnyRequest, show
from app.flows.bank_file import bank_file_rows, make_bank_file, settle_bank_answer
from app.identity import MERCHANT, viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_fields
from app.kernel.pages import see_other
from app.payouts import RowError

LARGEST_FILE = 1_000_000


class BankFileController(Controller):
    path = "/payouts/bank-files"

    @post(permission="payouts.write")
    async def make(self, request: AnyRequest) -> Redirect:
        """Everything that was approved and waits for a transfer, once."""
        made = await make_bank_file(by=viewer_of(request))
        said = ngettext("%(num)s transfer is in the file", "%(num)s transfers are in the file", made.payouts)
        return see_other(f"/payouts/bank-files/{made.id}", flash=("ok", said % {"num": made.payouts}))

    @get("/{bank_file_id:uuid}", permission="books.read")
    async def show_file(self, request: AnyRequest, bank_file_id: FromPath[UUID]) -> Template:
        return await _page(request, bank_file_id)

    @post("/{bank_file_id:uuid}/copies", permission="payouts.write")
    async def take(self, request: AnyRequest, bank_file_id: FromPath[UUID]) -> Response[bytes] | Template:
        """Whole account numbers leave the store: the password again, and an entry in the record."""
        form, viewer = await request.form(), viewer_of(request)
        try:
            if not await identity.confirm(request, MERCHANT, viewer, str(form.get("password", ""))):
                raise identity.PasswordNeeded
        except InvalidInput as refusal:
            return await _page(request, bank_file_id, errors=translate_fields(refusal))
        made, content = await bank_file_rows(bank_file_id, by=viewer)
        headers = {"Content-Disposition": f'attachment; filename="{made.number}.csv"', "Cache-Control": "no-store"}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers, status_code=200)

    @post("/{bank_file_id:uuid}/answers", permission="payouts.write", request_max_body_size=LARGEST_FILE)
    async def answer(self, request: AnyRequest, bank_file_id: FromPath[UUID]) -> Template | Redirect:
        form = await request.form()
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await _page(request, bank_file_id, errors={"file": _("Choose a CSV file.")})
        async with tenants.transaction():
            numbers = {one.number for one in await payouts.payouts_in((await payouts.find_file(bank_file_id)).id)}
        answers, wrong = payouts.read_answers(await file.read(), numbers)
        if wrong:
            return await _page(request, bank_file_id, wrong=wrong)
        done = await settle_bank_answer(bank_file_id, answers, by=viewer_of(request))
        said = ngettext("%(num)s transfer has ended", "%(num)s transfers have ended", done) % {"num": done}
        if done < len(answers):
            said = f"{said}. {_('The others had moved on in the meantime.')}"
        return see_other(f"/payouts/bank-files/{bank_file_id}", flash=("ok", said))


async def _page(
    request: AnyRequest, file_id: UUID, *, errors: dict[str, str] | None = None, wrong: list[RowError] | None = None
) -> Template:
    async with tenants.transaction():
        made = await payouts.find_file(file_id)
        rows = await queries.chosen([one.id for one in await payouts.payouts_in(file_id)])
    return await show(
        request, "payouts/bank_file.html", status_code=422 if errors or wrong else 200, made=made, rows=rows,
        words=payouts.words, errors=errors or {}, wrong=wrong or [],
        confirmed=identity.confirmed_lately(viewer_of(request)),
    )  # fmt: skip


HANDLERS = [BankFileController]
