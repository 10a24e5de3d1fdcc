"""A merchant signs up and has a store that answers on its own host."""

import secrets

import pytest

from migrations import runner
from tests.functional.conftest import Visitor, own_address


@pytest.fixture(autouse=True)
async def _room(visitor: Visitor) -> None:
    """Prepared schemas for the stores a test opens, however many the tests before have taken."""
    await runner.fill_pool(2)


def _answers(**more: str) -> dict[str, str]:
    slug = f"new-{secrets.token_hex(4)}"
    return {
        "name": "Qinghe",
        "slug": slug,
        "email": f"{slug}@example.test",
        "password": "correct horse",
        "currency": "CNY",
        "brand": "#14603f",
        "selling_mode": "live",
    } | more


async def test_a_merchant_signs_up_and_lands_signed_in_beside_an_open_store(visitor: Visitor) -> None:
    answers = _answers()

    sent = await visitor.submit(own_address("", "/sign-up"), answers, page=own_address("", "/sign-up"))

    assert sent.status_code == 303
    assert sent.headers["location"].startswith(own_address("admin", "/enter?code="))
    entered = await visitor.get(sent.headers["location"])
    assert entered.status_code == 303
    assert "tz_merchant=" in entered.headers["set-cookie"]
    store = await visitor.get(own_address(answers["slug"]))
    assert store.status_code == 200
    assert "Qinghe" in store.text
    assert (await visitor.get(sent.headers["location"])).status_code == 410


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "admin"), ("slug", "A b"), ("slug", "-x"), ("email", "nobody"), ("password", "short"), ("name", "")],
)
async def test_a_wrong_answer_is_named_and_nothing_is_opened(visitor: Visitor, field: str, value: str) -> None:
    answers = _answers(**{field: value})

    sent = await visitor.submit(own_address("", "/sign-up"), answers)

    assert sent.status_code == 422
    assert 'class="err"' in sent.text
    assert answers["password"] not in sent.text or field == "password"


async def test_an_address_is_taken_once(visitor: Visitor) -> None:
    answers = _answers()
    assert (await visitor.submit(own_address("", "/sign-up"), answers)).status_code == 303

    again = await visitor.submit(own_address("", "/sign-up"), answers | {"email": "other@example.test"})

    assert again.status_code == 422
    state = await visitor.get(own_address("", f"/sign-up/address?slug={answers['slug']}"))
    assert 'class="err"' in state.text


async def test_a_known_merchant_opens_a_second_store_with_the_same_password_only(visitor: Visitor) -> None:
    answers = _answers()
    assert (await visitor.submit(own_address("", "/sign-up"), answers)).status_code == 303
    second = _answers(email=answers["email"])

    refused = await visitor.submit(own_address("", "/sign-up"), second | {"password": "another password"})
    opened = await visitor.submit(own_address("", "/sign-up"), second)

    assert refused.status_code == 422
    assert opened.status_code == 303


async def test_a_form_from_elsewhere_is_refused(visitor: Visitor) -> None:
    answer = await visitor.post(
        own_address("", "/sign-up"), data=_answers(), headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403
