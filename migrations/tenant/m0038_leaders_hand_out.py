"""Let leaders of chain orders hand out without a pickup point, and allow no third level of copies (expand).

A pickup of a chain order lies at no point of the store: its leader has it, or the store itself when nobody leads. Of
campaigns the database knows by itself which are first ones; a copy refers to one of those, so neither a copy of a copy
nor a copied campaign that becomes a copy can be written, whichever code writes it.
"""

SQL = """
ALTER TABLE pickup ALTER COLUMN point DROP NOT NULL;
ALTER TABLE pickup ALTER COLUMN leader DROP NOT NULL;
ALTER TABLE campaign ADD COLUMN is_first boolean GENERATED ALWAYS AS (supply IS NULL) STORED;
ALTER TABLE campaign ADD COLUMN copies_first boolean
    GENERATED ALWAYS AS (CASE WHEN supply IS NOT NULL THEN true END) STORED;
ALTER TABLE campaign ADD CONSTRAINT campaign_by_level UNIQUE (id, is_first);
ALTER TABLE campaign ADD CONSTRAINT there_are_two_levels
    FOREIGN KEY (supply, copies_first) REFERENCES campaign (id, is_first);
ALTER TABLE campaign ADD CONSTRAINT no_copy_of_itself CHECK (supply <> id);
"""
