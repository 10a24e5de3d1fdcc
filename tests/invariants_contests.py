"""What must hold of contests after anything whatsoever."""

from app.flows.promoter_questions import PROMOTER_STATEMENTS

CONTESTS = {
    "a prize that is not in the books once, or is and was not paid": PROMOTER_STATEMENTS["contest.prizes"],
    "a correction of a prize that is not in the books": PROMOTER_STATEMENTS["contest.corrections"],
    "a prize in the books that nobody won": """
        SELECT event.source_id FROM ledger_transaction AS event WHERE event.kind = 'contest.prize'
            AND NOT EXISTS (SELECT 1 FROM contest_award WHERE contest_award.id = event.source_id)""",
    "a contest that is not where its history ends": """
        SELECT contest.id, contest.status, last.to_status FROM contest JOIN LATERAL (
            SELECT to_status, seq FROM contest_event AS step WHERE step.contest = contest.id ORDER BY seq DESC LIMIT 1
        ) AS last ON true WHERE last.to_status <> contest.status OR last.seq <> contest.event_seq""",
    "a final board that is not what its orders add up to": """
        SELECT result.id, result.score, counted.score AS counted FROM contest_result AS result JOIN LATERAL (
            SELECT coalesce(sum(score), 0) AS score, coalesce(sum(net_amount) FILTER (WHERE score > 0), 0) AS net_amount
            FROM contest_order WHERE contest_order.contest = result.contest AND contest_order.side = result.side
        ) AS counted ON true WHERE counted.score <> result.score OR counted.net_amount <> result.net_amount""",
    "shares of a prize that are more than the prize": """
        SELECT result.id, result.prize_amount, sum(award.amount) AS shared FROM contest_result AS result
        JOIN contest_award AS award ON award.result = result.id
        GROUP BY result.id HAVING sum(award.amount) > result.prize_amount""",
    "a result before its time, or a final contest without one": """
        SELECT contest.id, contest.status FROM contest WHERE (contest.status IN ('final', 'paid'))
            <> EXISTS (SELECT 1 FROM contest_result WHERE contest_result.contest = contest.id)""",
    "a contest that says its prizes are paid while one is not": """
        SELECT contest.id FROM contest JOIN contest_award AS award ON award.contest = contest.id
        WHERE contest.status = 'paid' AND award.paid_at IS NULL""",
}
