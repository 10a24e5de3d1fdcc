"""Say of a wave that its orders were chosen by hand, and not everything until a cut-off (expand)."""

SQL = """
ALTER TABLE pick_wave ADD COLUMN chosen boolean NOT NULL DEFAULT false;
"""
