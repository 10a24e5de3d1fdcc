"""Let leaders run chain orders, and other leaders help to sell them (expand).

An order of a copied campaign knows the campaign it is supplied from and has a number there too. Who earns how much of
an item is written beside it, so that a later change of rates leaves running campaigns alone. `leader_goods` is what
the merchant lets leaders sell, from which price on.
"""

SQL = """
ALTER TABLE participation ADD COLUMN supply uuid REFERENCES campaign (id);
ALTER TABLE participation ADD COLUMN handed_out_at timestamptz;
CREATE INDEX participation_supply ON participation (supply) WHERE supply IS NOT NULL;
CREATE UNIQUE INDEX participation_supply_number ON participation (supply, supply_sequence)
    WHERE supply_sequence IS NOT NULL;

CREATE TABLE chain_item (
    item uuid PRIMARY KEY REFERENCES campaign_item (id) ON DELETE CASCADE,
    leader_bps integer NOT NULL DEFAULT 0,
    supply_bps integer NOT NULL DEFAULT 0,
    help_bps integer NOT NULL DEFAULT 0,
    supply_amount bigint,
    CONSTRAINT shares_are_within_the_cap CHECK (leader_bps >= 0 AND supply_bps >= 0
        AND leader_bps + supply_bps <= 5000),
    CONSTRAINT help_is_paid_out_of_the_leaders_share CHECK (help_bps BETWEEN 0 AND leader_bps),
    CONSTRAINT supply_price_is_not_negative CHECK (supply_amount >= 0)
);

CREATE TABLE leader_goods (
    id uuid PRIMARY KEY,
    variant uuid NOT NULL REFERENCES variant (id),
    floor_amount bigint NOT NULL,
    leader_bps integer,
    active boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL,
    CONSTRAINT variant_has_one_rule UNIQUE (variant),
    CONSTRAINT floor_is_not_negative CHECK (floor_amount >= 0),
    CONSTRAINT rate_is_within_the_cap CHECK (leader_bps BETWEEN 0 AND 5000)
);
"""
