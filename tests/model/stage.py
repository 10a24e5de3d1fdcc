"""The store a story is told in. It is swept between stories, because opening a store takes longer than telling one."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

import tenants
from app import links
from infra.settings import settings
from tenants import Tenant
from tests import builders_earning

KEPT = ("store_profile", "warehouse", "payment_account", "promoter", "tracked_link", "schema_version", "counter")


@dataclass
class Stage:
    tenant: Tenant
    link: links.Link
    owner: asyncpg.Connection

    async def sweep(self) -> None:
        """Empty every table a story writes to."""
        async with self.owner.transaction():
            await self.owner.execute("SET LOCAL session_replication_role = replica")  # the order does not matter then
            for statement in self.statements:
                await self.owner.execute(statement)

    @property
    def statements(self) -> list[str]:
        return [f'DELETE FROM "{self.tenant.schema_name}"."{table}"' for table in self.tables]

    tables: tuple[str, ...] = ()


async def set_stage(tenant: Tenant) -> Stage:
    owner = await asyncpg.connect(str(settings().database_url))
    names = await owner.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND NOT tablename = ANY($2)", tenant.schema_name, KEPT
    )
    with tenants.bind(tenant):
        link = await builders_earning.link(await builders_earning.promoter())
    return Stage(tenant, link, owner, tuple(row["tablename"] for row in names))
