"""Let a warehouse have numbers of its own for our goods (expand).

Goods without a row are known there by our SKU, as before; old code goes on saying ours.
"""

SQL = """
CREATE TABLE sku_alias (
    id uuid PRIMARY KEY,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    variant uuid NOT NULL REFERENCES variant (id),
    their_sku text NOT NULL,
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    CONSTRAINT goods_have_one_number_per_warehouse UNIQUE (warehouse, variant),
    CONSTRAINT number_names_one_kind_of_goods UNIQUE (warehouse, their_sku),
    CONSTRAINT number_is_said CHECK (length(their_sku) BETWEEN 1 AND 100)
);
CREATE INDEX sku_alias_variant ON sku_alias (variant);
"""
