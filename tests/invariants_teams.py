"""What must hold of teams in any store. Each statement finds what must not exist."""

TEAMS = {
    "a team that counts other seats than it has": """
        SELECT team.code, team.held, team.taken FROM team_group AS team
        LEFT JOIN team_seat AS seat ON seat.team = team.id
        GROUP BY team.id, team.code, team.held, team.taken
        HAVING team.held <> count(*) FILTER (WHERE seat.status = 'held')
            OR team.taken <> count(*) FILTER (WHERE seat.status = 'taken') OR team.held + team.taken > team.capacity""",
    "a forming team that nobody leads, or that is full": """
        SELECT team.code FROM team_group AS team JOIN team_seat AS seat ON seat.team = team.id
        WHERE team.status = 'forming' GROUP BY team.id, team.code, team.taken, team.capacity
        HAVING count(*) FILTER (WHERE seat.is_leader AND seat.status <> 'released') <> 1
            OR team.taken >= team.capacity""",
    "a seat that is not what its order says": """
        SELECT orders.number, seat.status, one.status AS place FROM team_seat AS seat
        JOIN participation AS one ON one.order_id = seat.order_id JOIN orders ON orders.id = seat.order_id
        WHERE (one.status = 'held') <> (seat.status = 'held')
            OR (one.status = 'released' AND seat.status <> 'released')
            OR (one.status = 'confirmed' AND seat.status <> 'taken')""",
    "somebody who is sent the goods of a team that did not succeed": """
        SELECT orders.number, team.status FROM participation AS one JOIN orders ON orders.id = one.order_id
        JOIN team_seat AS seat ON seat.order_id = one.order_id JOIN team_group AS team ON team.id = seat.team
        WHERE one.status = 'confirmed' AND team.status <> 'succeeded'""",
    "somebody who paid, whose team is over, and nothing follows": """
        SELECT orders.number, team.status, team.reason FROM participation AS one
        JOIN orders ON orders.id = one.order_id
        JOIN team_seat AS seat ON seat.order_id = one.order_id JOIN team_group AS team ON team.id = seat.team
        WHERE one.status = 'taken' AND (team.status <> 'forming' OR seat.status = 'released') AND NOT EXISTS (
            SELECT 1 FROM outbox WHERE outbox.status IN ('due', 'queued', 'running') AND outbox.kind IN
                ('group_buying.confirm_member', 'group_buying.refund_member')
                AND outbox.payload->>'order_id' = one.order_id::text)""",
    "somebody who counts as in a forming team and is not, or the other way round": """
        SELECT seat.order_id FROM team_seat AS seat JOIN team_group AS team ON team.id = seat.team
        WHERE (seat.status <> 'released' AND team.status = 'forming')
            <> EXISTS (SELECT 1 FROM team_person WHERE team_person.order_id = seat.order_id)""",
    "a person in two forming teams of one campaign": """
        SELECT team.campaign, mark.person FROM team_seat AS seat JOIN team_group AS team ON team.id = seat.team
        JOIN participation AS one ON one.order_id = seat.order_id, unnest(one.persons) AS mark (person)
        WHERE team.status = 'forming' AND seat.status <> 'released'
        GROUP BY team.campaign, mark.person HAVING count(*) > 1""",
}
