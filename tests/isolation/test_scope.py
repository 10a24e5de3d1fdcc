"""A store's rows are reached through its own bound transaction, or not at all."""

import asyncio

import asyncpg
import pytest

import tenants
from app.customers.tables import Customer
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant, scope, steps
from tenants.errors import AlreadyInside, TenantNotBound
from tenants.names import check_schema_name
from tenants.steps import Step


async def _add_customer(name: str) -> None:
    async with tenants.transaction():
        await Customer(id=new_id(), name=name, locale="en", created_at=now()).save()


async def test_one_store_never_sees_another_stores_shoppers(shop: Tenant, other_shop: Tenant) -> None:
    await _add_customer("Mine")
    with tenants.bind(other_shop):
        await _add_customer("Theirs")

    async with tenants.transaction():
        names = await Customer.select(Customer.name)

    assert names == [{"name": "Mine"}]


async def test_a_statement_outside_a_store_is_stopped(pools: None) -> None:
    with pytest.raises(TenantNotBound):
        await Customer.select(Customer.name)
    with pytest.raises(TenantNotBound):
        await Customer.raw("SELECT 1")
    with pytest.raises(TenantNotBound):
        async with tenants.transaction():
            pass
    with pytest.raises(TenantNotBound):
        await Customer.select(Customer.name).batch()


async def test_another_stores_schema_cannot_be_named(shop: Tenant, other_shop: Tenant) -> None:
    async with tenants.transaction():
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tenants.connection().fetch(f'SELECT name FROM "{other_shop.schema_name}".customer')


async def test_a_raw_pool_connection_can_do_nothing(shop: Tenant) -> None:
    async with scope.ENGINE.pools["c1"].acquire() as connection:
        with pytest.raises(asyncpg.UndefinedTableError):
            await connection.fetch("SELECT name FROM customer")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f'SELECT name FROM "{shop.schema_name}".customer')
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT slug FROM platform.tenant")


@pytest.mark.parametrize("name", ["t_x; DROP SCHEMA public", "public", "", 't_"', "platform"])
def test_a_schema_name_with_sql_in_it_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a store's schema"):
        check_schema_name(name)


async def test_transactions_do_not_nest(shop: Tenant) -> None:
    async with tenants.transaction():
        with pytest.raises(AlreadyInside):
            async with tenants.transaction():
                pass
        with pytest.raises(AlreadyInside), tenants.bind(shop):
            pass


async def test_a_failed_commit_gives_the_connection_back(shop: Tenant) -> None:
    pool = scope.ENGINE.pools["c1"]
    for _ in range(pool.get_max_size() + 2):
        with pytest.raises(asyncpg.InvalidForeignKeyError, match="fails at commit"):  # noqa: PT012 - the exit is the point
            async with tenants.transaction():
                await tenants.connection().execute("ROLLBACK; BEGIN")
                raise asyncpg.InvalidForeignKeyError("fails at commit")
    await asyncio.wait_for(_add_customer("Still here"), 60)


ADD = "INSERT INTO customer (id, name, locale, created_at) VALUES ($1, 'Last', 'en', $2)"


async def test_last_words_are_said_with_the_commit(shop: Tenant, other_shop: Tenant) -> None:
    for store in (shop, other_shop, shop):
        with tenants.bind(store):
            async with tenants.transaction():
                tenants.commit_with((ADD, (new_id(), now())), (ADD, (new_id(), now())))

    async with tenants.transaction():
        assert await Customer.count() == 4
    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await Customer.count() == 2


async def test_refused_last_words_take_everything_back_and_harm_nobody(shop: Tenant) -> None:
    twice = new_id()

    async def add_twice() -> None:
        async with tenants.transaction():
            await Customer(id=new_id(), name="Before", locale="en", created_at=now()).save()
            tenants.commit_with((ADD, (twice, now())), (ADD, (twice, now())))

    for _try in range(3):
        with pytest.raises(asyncpg.UniqueViolationError):
            await add_twice()
    await _add_customer("After")

    async with tenants.transaction():
        assert await Customer.select(Customer.name) == [{"name": "After"}]


async def test_what_follows_refused_last_words_is_known_the_next_time(shop: Tenant) -> None:
    touch, known, later = "UPDATE customer SET created_at = $2 WHERE id = $1", new_id(), now()

    async def end_with(*said: scope.Said) -> None:
        async with tenants.transaction():
            for one in said:
                tenants.commit_with(one)

    await end_with((ADD, (known, now())))
    with pytest.raises(asyncpg.UniqueViolationError):
        await end_with((ADD, (known, now())), (touch, (known, now())))
    await end_with((touch, (known, later)))

    async with tenants.transaction():
        assert await Customer.select(Customer.created_at) == [{"created_at": later}]


async def test_steps_taken_together_keep_their_own_values(shop: Tenant) -> None:
    rename = "renamed{0} AS (UPDATE customer SET name = $2 WHERE name = $1)"
    await _add_customer("One")
    await _add_customer("Two")

    async with tenants.transaction():
        await steps.take(
            Step(rename.format(1), ("One", "First")), steps.NOTHING, Step(rename.format(2), ("Two", "Second"))
        )

    async with tenants.transaction():
        assert {row["name"] for row in await Customer.select(Customer.name)} == {"First", "Second"}


async def test_many_tasks_over_two_stores_never_mix(shop: Tenant, other_shop: Tenant) -> None:
    async def work(tenant: Tenant, number: int) -> bool:
        with tenants.bind(tenant):
            async with tenants.transaction():
                schema = await tenants.connection().fetchval("SELECT current_schema()")
                role = await tenants.connection().fetchval("SELECT current_user")
                if number % 7 == 0:
                    await tenants.connection().execute("SELECT 1")
            return bool(schema == role == tenant.schema_name)

    stores = (shop, other_shop)
    outcomes = await asyncio.gather(*(work(stores[n % 2], n) for n in range(400)))

    assert all(outcomes)
