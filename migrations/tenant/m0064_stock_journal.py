"""Keep a journal of every unit that comes and goes: what is on hand is the sum of its movements (expand).

Units that came back before are movements already and get their sign; one opening row per level says what the shelf
held besides. Old code writes no movements: what it ships while stores are upgraded shows up as a difference at night.
"""

SQL = """
ALTER TABLE stock_move
    ADD COLUMN delta bigint NOT NULL DEFAULT 0,
    ADD COLUMN about uuid,
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN words text NOT NULL DEFAULT '',
    DROP CONSTRAINT kind_is_known,
    ADD CONSTRAINT kind_is_known CHECK (kind IN ('opening', 'restock', 'scrap', 'ship', 'count', 'adjust', 'import',
        'receipt', 'transfer', 'sync', 'short'));
UPDATE stock_move SET delta = quantity WHERE kind = 'restock';
INSERT INTO stock_move (id, kind, variant, warehouse, quantity, delta, source_id, actor, at)
SELECT level.id, 'opening', level.variant, level.warehouse, abs(level.on_hand - coalesce(back.units, 0)),
    level.on_hand - coalesce(back.units, 0), level.id, 'system', level.updated_at
FROM stock_level AS level LEFT JOIN (
    SELECT variant, warehouse, sum(delta) AS units FROM stock_move GROUP BY variant, warehouse
) AS back USING (variant, warehouse) WHERE level.on_hand <> coalesce(back.units, 0);
ALTER TABLE stock_move ADD CONSTRAINT move_is_as_large_as_it_says
    CHECK (delta = 0 OR abs(delta) = quantity);
CREATE INDEX stock_move_at_level ON stock_move (variant, warehouse, at DESC, id DESC);
CREATE INDEX stock_move_about ON stock_move (about) WHERE about IS NOT NULL;
"""
