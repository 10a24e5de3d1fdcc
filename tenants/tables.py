"""Rows of the platform schema, and the outbox every store has."""

from typing import Any

from piccolo.columns import JSONB, UUID, BigInt, Bytea, ForeignKey, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique
from piccolo.table import Table

from tenants.platform import PLATFORM


def _reference(table: str, *, on_delete: OnDelete = OnDelete.restrict, **more: Any) -> Any:
    """A foreign key inside the platform schema; required, unless the column says otherwise."""
    target = LazyTableReference(table_class_name=table, module_path=__name__)
    return ForeignKey(references=target, on_delete=on_delete, **{"default": None, "null": False, **more})


class AuditEntry(Table, tablename="audit_entry", schema="platform", db=PLATFORM):
    """One privileged act; append-only and chained."""

    id = UUID(primary_key=True, default=None)
    at = Timestamptz(default=None)
    actor_kind = Text(default=None)
    actor_id = UUID(default=None, null=True)
    actor_name = Text(default=None)
    action = Text(default=None)
    tenant = UUID(default=None, null=True)
    subject = Text(default="")
    reason = Text(default="")
    details = JSONB(default="{}")
    previous_hash = Bytea(default=None)
    hash = Bytea(default=None)
    chain_has_one_next = Unique([previous_hash])


class Dispute(Table, tablename="dispute", schema="platform", db=PLATFORM):
    """A store and a shopper do not agree. What it is about stays in the store's own schema."""

    id = UUID(primary_key=True, default=None)
    tenant = _reference("Tenant", on_delete=OnDelete.cascade)
    aftersale = UUID(default=None)
    opened_at = Timestamptz(default=None)
    closed_at = Timestamptz(default=None, null=True)
    request_is_disputed_once = Unique([tenant, aftersale])


class Domain(Table, tablename="domain", schema="platform", db=PLATFORM):
    """A host name of a store besides its subdomain."""

    host = Text(default=None, primary_key=True)
    tenant = _reference("Tenant", on_delete=OnDelete.cascade)
    verified_at = Timestamptz(default=None, null=True)


class MerchantLogin(Table, tablename="merchant_login", schema="platform", db=PLATFORM):
    """One person's way into the backoffice, whichever stores they work in."""

    id = UUID(primary_key=True, default=None)
    email = Text(default=None)
    name = Text(default=None)
    password_hash = Text(default=None)
    locale = Text(default=None)
    created_at = Timestamptz(default=None)
    merchant_login_email_key = Unique([email])


class MerchantSession(Table, tablename="merchant_session", schema="platform", db=PLATFORM):
    """A signed-in merchant and the store they are looking at."""

    token_hash = Bytea(default=None, primary_key=True)
    subject = _reference("MerchantLogin", on_delete=OnDelete.cascade)
    tenant = _reference("Tenant", null=True, on_delete=OnDelete.cascade)
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    agent_hash = Bytea(default=None)
    address_prefix = Text(default=None)


class MerchantUser(Table, tablename="merchant_user", schema="platform", db=PLATFORM):
    """A person's role in one store."""

    id = UUID(primary_key=True, default=None)
    login = _reference("MerchantLogin")
    tenant = _reference("Tenant", on_delete=OnDelete.cascade)
    role = Text(default=None)
    status = Text(default="active")
    created_at = Timestamptz(default=None)
    one_seat_per_store = Unique([tenant, login])


class Plan(Table, tablename="plan", schema="platform", db=PLATFORM):
    """What a store pays for; names only."""

    code = Text(default=None, primary_key=True)
    name = Text(default=None)


class PromoterLogin(Table, tablename="promoter_login", schema="platform", db=PLATFORM):
    """One person's way into the portal, whichever stores they sell for."""

    id = UUID(primary_key=True, default=None)
    email = Text(default=None)
    name = Text(default=None)
    password_hash = Text(default=None)
    locale = Text(default=None)
    created_at = Timestamptz(default=None)
    promoter_login_email_key = Unique([email])


class PromoterMembership(Table, tablename="promoter_membership", schema="platform", db=PLATFORM):
    """Which stores a promoter has asked to join; the store keeps the rest."""

    id = UUID(primary_key=True, default=None)
    login = _reference("PromoterLogin")
    tenant = _reference("Tenant", on_delete=OnDelete.cascade)
    created_at = Timestamptz(default=None)
    joins_a_store_once = Unique([login, tenant])


class PromoterSession(Table, tablename="promoter_session", schema="platform", db=PLATFORM):
    """A signed-in promoter."""

    token_hash = Bytea(default=None, primary_key=True)
    subject = _reference("PromoterLogin", on_delete=OnDelete.cascade)
    tenant = UUID(default=None, null=True)
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    agent_hash = Bytea(default=None)
    address_prefix = Text(default=None)


class SupplierLogin(Table, tablename="supplier_login", schema="platform", db=PLATFORM):
    """One person's way into the supplier's pages, whichever stores they deliver for."""

    id = UUID(primary_key=True, default=None)
    email = Text(default=None)
    name = Text(default=None)
    password_hash = Text(default=None)
    locale = Text(default=None)
    created_at = Timestamptz(default=None)
    supplier_login_email_key = Unique([email])


class SupplierSeat(Table, tablename="supplier_seat", schema="platform", db=PLATFORM):
    """A person's place at one supplier of a store; the supplier's row is the store's."""

    id = UUID(primary_key=True, default=None)
    login = _reference("SupplierLogin")
    tenant = _reference("Tenant", on_delete=OnDelete.cascade)
    supplier = UUID(default=None)
    status = Text(default="invited")
    created_at = Timestamptz(default=None)
    one_supplier_per_store = Unique([tenant, login])


class SupplierSession(Table, tablename="supplier_session", schema="platform", db=PLATFORM):
    """A supplier's person who signed in."""

    token_hash = Bytea(default=None, primary_key=True)
    subject = _reference("SupplierLogin", on_delete=OnDelete.cascade)
    tenant = UUID(default=None, null=True)
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    agent_hash = Bytea(default=None)
    address_prefix = Text(default=None)


class SchemaPool(Table, tablename="schema_pool", schema="platform", db=PLATFORM):
    """Empty store schemas waiting to be claimed."""

    schema_name = Text(default=None, primary_key=True)
    cluster = Text(default=None)
    schema_version = Integer(default=None)
    created_at = Timestamptz(default=None)


class SignInCode(Table, tablename="sign_in_code", schema="platform", db=PLATFORM):
    """A one-time code that carries a sign-in from one of our hosts to another."""

    code_hash = Bytea(default=None, primary_key=True)
    realm = Text(default=None)
    subject = UUID(default=None)
    tenant = UUID(default=None, null=True)
    expires_at = Timestamptz(default=None)


class StaffSession(Table, tablename="staff_session", schema="platform", db=PLATFORM):
    """A signed-in member of staff."""

    token_hash = Bytea(default=None, primary_key=True)
    subject = _reference("StaffUser", on_delete=OnDelete.cascade)
    tenant = UUID(default=None, null=True)
    created_at = Timestamptz(default=None)
    last_seen_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    agent_hash = Bytea(default=None)
    address_prefix = Text(default=None)


class StaffUser(Table, tablename="staff_user", schema="platform", db=PLATFORM):
    """One of the platform's own people."""

    id = UUID(primary_key=True, default=None)
    email = Text(default=None)
    name = Text(default=None)
    password_hash = Text(default=None)
    role = Text(default="operator")
    created_at = Timestamptz(default=None)
    staff_user_email_key = Unique([email])


class Tenant(Table, tablename="tenant", schema="platform", db=PLATFORM):
    """The directory: which stores exist and where their rows are."""

    id = UUID(primary_key=True, default=None)
    slug = Text(default=None)
    name = Text(default=None)
    schema_name = Text(default=None)
    cluster = Text(default="c1")
    status = Text(default="provisioning")
    status_reason = Text(default="")
    plan = _reference("Plan", default="starter")
    locale = Text(default=None)
    currency = Text(default=None)
    time_zone = Text(default=None)
    selling_mode = Text(default=None)
    schema_version = Integer(default=None)
    created_at = Timestamptz(default=None)
    slug_is_unique = Unique([slug])
    tenant_schema_name_key = Unique([schema_name])


class TenantHealth(Table, tablename="tenant_health", schema="platform", db=PLATFORM):
    """What the staff see of a store without stepping inside."""

    tenant = _reference("Tenant", primary_key=True, on_delete=OnDelete.cascade)
    orders_total = BigInt(default=0)
    orders_30d = BigInt(default=0)
    products = BigInt(default=0)
    paid_30d_amount = BigInt(default=0)
    last_order_at = Timestamptz(default=None, null=True)
    jobs_due = BigInt(default=0)
    jobs_dead = BigInt(default=0)
    oldest_due_at = Timestamptz(default=None, null=True)
    warehouse_error = Text(default="")
    payment_error = Text(default="")
    checked_at = Timestamptz(default=None)
    tickets_open = BigInt(default=0)


class WebhookEndpoint(Table, tablename="webhook_endpoint", schema="platform", db=PLATFORM):
    """Path secret -> store, for calls from outside; only a hash is stored."""

    secret_hash = Bytea(default=None, primary_key=True)
    tenant = _reference("Tenant", on_delete=OnDelete.cascade)
    kind = Text(default=None)


class Outbox(Table):
    """A job that was committed together with its cause."""

    id = UUID(primary_key=True, default=None)
    kind = Text(default=None)
    queue = Text(default=None)
    payload = JSONB(default=None)
    dedupe_key = Text(default=None, null=True)
    status = Text(default="due")
    attempts = Integer(default=0)
    max_attempts = Integer(default=12)
    run_at = Timestamptz(default=None)
    lease_until = Timestamptz(default=None, null=True)
    last_error = Text(default="")
    created_at = Timestamptz(default=None)
    finished_at = Timestamptz(default=None, null=True)
    spared = Integer(default=0)


class IdempotencyKey(Table, tablename="idempotency_key"):
    """A command of a store under its key: in flight, or answered like this."""

    id = UUID(primary_key=True, default=None)
    scope = Bytea(default=None)
    fingerprint = Bytea(default=None)
    holder = UUID(default=None)
    status = Text(default="in_flight")
    answer_status = Integer(default=None, null=True)
    answer_headers = JSONB(default="[]")
    answer_body = Bytea(default=None, null=True)
    taken_at = Timestamptz(default=None)
    scope_is_unique = Unique([scope])


class PlatformIdempotencyKey(Table, tablename="idempotency_key", schema="platform", db=PLATFORM):
    """The same for commands that belong to no store."""

    id = UUID(primary_key=True, default=None)
    scope = Bytea(default=None)
    fingerprint = Bytea(default=None)
    holder = UUID(default=None)
    status = Text(default="in_flight")
    answer_status = Integer(default=None, null=True)
    answer_headers = JSONB(default="[]")
    answer_body = Bytea(default=None, null=True)
    taken_at = Timestamptz(default=None)
    scope_is_unique = Unique([scope])
