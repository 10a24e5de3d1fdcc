"""Let a store keep its suppliers, which goods come from whom, and what they cost from when on (expand).

A supplier who ships to shoppers has a warehouse of its own, so that work orders, parcels and tracking need nothing new.
A cost is never changed, only followed by a newer one. Messages may be written to suppliers.
"""

SQL = """
CREATE TABLE supplier (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    contact text NOT NULL DEFAULT '',
    email text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    locale text NOT NULL DEFAULT '',
    due_days integer NOT NULL DEFAULT 30,
    minimum_amount bigint NOT NULL DEFAULT 0,
    takes_returns boolean NOT NULL DEFAULT true,
    note text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active',
    warehouse uuid REFERENCES warehouse (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT supplier_name_is_unique UNIQUE (name),
    CONSTRAINT supplier_warehouse_is_its_own UNIQUE (warehouse),
    CONSTRAINT supplier_status_is_known CHECK (status IN ('active', 'paused')),
    CONSTRAINT supplier_terms_make_sense CHECK (due_days BETWEEN 0 AND 365 AND minimum_amount >= 0)
);
CREATE TABLE supplier_link (
    id uuid PRIMARY KEY,
    variant uuid NOT NULL REFERENCES variant (id) ON DELETE CASCADE,
    supplier uuid NOT NULL REFERENCES supplier (id),
    supplier_sku text NOT NULL DEFAULT '',
    lead_days integer NOT NULL DEFAULT 0,
    drop_ship boolean NOT NULL DEFAULT false,
    is_main boolean NOT NULL DEFAULT false,
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT variant_is_linked_once UNIQUE (variant, supplier),
    CONSTRAINT lead_days_make_sense CHECK (lead_days BETWEEN 0 AND 365),
    CONSTRAINT main_supplier_is_active CHECK (active OR NOT is_main)
);
CREATE UNIQUE INDEX supplier_link_main ON supplier_link (variant) WHERE is_main;
CREATE INDEX supplier_link_supplier ON supplier_link (supplier, variant);
CREATE TABLE supplier_cost (
    id uuid PRIMARY KEY,
    supplier_link uuid NOT NULL REFERENCES supplier_link (id) ON DELETE CASCADE,
    amount bigint NOT NULL,
    valid_from timestamptz NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CONSTRAINT cost_is_not_negative CHECK (amount >= 0)
);
CREATE INDEX supplier_cost_link ON supplier_cost (supplier_link, valid_from DESC, set_at DESC);
ALTER TABLE message DROP CONSTRAINT recipient_is_known,
    ADD CONSTRAINT recipient_is_known CHECK (recipient IN ('customer', 'merchant', 'promoter', 'supplier'));
"""

APPEND_ONLY = ("supplier_cost",)
