"""What must hold of who stands above whom. Each statement finds what must not exist."""

LINEAGE = {
    "somebody who stands elsewhere than the last move says": """
        SELECT coalesce(last.promoter, line.lower) AS promoter FROM (
            SELECT DISTINCT ON (promoter) promoter, parent FROM promoter_move ORDER BY promoter, at DESC, id DESC
        ) AS last FULL JOIN (SELECT lower, upper FROM promoter_lineage WHERE depth = 1) AS line
            ON line.lower = last.promoter WHERE last.parent IS DISTINCT FROM line.upper""",
    "somebody above whom no row of parents leads to": """
        SELECT far.lower, far.upper FROM promoter_lineage AS far WHERE far.depth > 1 AND NOT EXISTS (
            SELECT 1 FROM promoter_lineage AS near JOIN promoter_lineage AS rest ON rest.lower = near.upper
            WHERE near.lower = far.lower AND near.depth = 1 AND rest.upper = far.upper
                AND rest.depth = far.depth - 1)""",
    "somebody above a parent who is left out": """
        SELECT near.lower, rest.upper FROM promoter_lineage AS near
        JOIN promoter_lineage AS rest ON rest.lower = near.upper WHERE near.depth = 1 AND NOT EXISTS (
            SELECT 1 FROM promoter_lineage AS far WHERE far.lower = near.lower AND far.upper = rest.upper
                AND far.depth = rest.depth + 1)""",
}
