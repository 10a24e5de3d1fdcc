"""Show the staff how many differences wait in each store (expand)."""

SQL = """
ALTER TABLE platform.tenant_health ADD COLUMN tickets_open bigint NOT NULL DEFAULT 0;
"""
