"""Let a store say what delivery costs by piece, weight and region, and how it is taxed (expand).

Stores without a template keep the one price of their settings, and nothing is taxed until a store says so: code before
this step reads neither.
"""

SQL = """
CREATE TABLE freight_template (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    charged_by text NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT freight_template_name_is_unique UNIQUE (name),
    CONSTRAINT charged_by_is_known CHECK (charged_by IN ('flat', 'piece', 'weight'))
);
CREATE UNIQUE INDEX one_freight_template_is_the_default ON freight_template (is_default) WHERE is_default;

CREATE TABLE freight_region (
    id uuid PRIMARY KEY,
    template uuid NOT NULL REFERENCES freight_template (id) ON DELETE CASCADE,
    position integer NOT NULL,
    country text NOT NULL DEFAULT '',
    areas text[] NOT NULL DEFAULT '{}',
    delivers boolean NOT NULL DEFAULT true,
    first_units integer NOT NULL DEFAULT 1,
    first_amount bigint NOT NULL DEFAULT 0,
    further_units integer NOT NULL DEFAULT 1,
    further_amount bigint NOT NULL DEFAULT 0,
    free_from_amount bigint,
    free_from_pieces integer,
    CONSTRAINT freight_region_position_is_unique UNIQUE (template, position),
    CONSTRAINT units_are_positive CHECK (first_units > 0 AND further_units > 0),
    CONSTRAINT freight_is_not_negative CHECK (first_amount >= 0 AND further_amount >= 0),
    CONSTRAINT free_needs_something CHECK (free_from_amount > 0 AND free_from_pieces > 0)
);

ALTER TABLE product ADD COLUMN freight_template uuid REFERENCES freight_template (id);
CREATE INDEX product_freight_template ON product (freight_template) WHERE freight_template IS NOT NULL;

ALTER TABLE store_profile ADD COLUMN tax_mode text NOT NULL DEFAULT 'none',
    ADD COLUMN tax_bps integer NOT NULL DEFAULT 0,
    ADD COLUMN tax_name text NOT NULL DEFAULT '',
    ADD COLUMN tax_on_freight boolean NOT NULL DEFAULT true,
    ADD CONSTRAINT tax_mode_is_known CHECK (tax_mode IN ('none', 'inclusive', 'exclusive')),
    ADD CONSTRAINT tax_is_a_share CHECK (tax_bps BETWEEN 0 AND 5000);
"""
