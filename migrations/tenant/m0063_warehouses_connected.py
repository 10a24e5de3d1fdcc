"""Let a store connect several warehouses, each with what its vendor asks for, and keep some stock back (expand).

Rows made before have one secret and no credentials of their own; old code reads that secret and overlooks the rest.
`region` and `country` say where a warehouse stands, `parcel_amount` what one parcel from it costs the merchant (minor
units), `position` which is asked first among equals. `safety` units of a level are never promised to anybody.
"""

SQL = """
ALTER TABLE warehouse
    ADD COLUMN credentials_sealed text NOT NULL DEFAULT '',
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN code text NOT NULL DEFAULT '',
    ADD COLUMN country text NOT NULL DEFAULT '',
    ADD COLUMN region text NOT NULL DEFAULT '',
    ADD COLUMN position integer NOT NULL DEFAULT 0,
    ADD COLUMN parcel_amount bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT parcel_costs_something_or_nothing CHECK (parcel_amount >= 0);
ALTER TABLE stock_level
    ADD COLUMN safety bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT safety_is_not_negative CHECK (safety >= 0);
"""
