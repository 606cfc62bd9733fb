-- Stale: not lost, contacted before, and longer ago than the first follow-up rule that matches allows. The next regular
-- contact: the last contact on the rule's channels plus its days, without one the first commit's day plus them; none
-- with an open next step that has a due day.
WITH contact AS (SELECT * FROM interaction WHERE is_contact AND day <= today()),
first_rule AS (SELECT id, min(position) AS position FROM matching_rule GROUP BY id),
rule AS (SELECT f.id, r.every_days, r.channels FROM first_rule f JOIN follow_up r USING (position)),
latest AS (SELECT id, max(day) AS day FROM contact GROUP BY id),
counted AS (
    SELECT contact.id, max(day) AS day FROM contact JOIN rule USING (id)
    WHERE len(channels) = 0 OR list_contains(channels, channel) GROUP BY contact.id
),
step AS (SELECT DISTINCT id FROM interaction WHERE due IS NOT NULL AND done IS NULL),
-- Messages that wait: incoming in writing, or a missed call, without a step of their own and not marked as done.
waiting AS (
    SELECT id, day, n FROM interaction
    WHERE direction = 'in' AND NOT has_next AND coalesce(outcome, '') <> 'done' AND day <= today()
    AND (channel IN ('email', 'wechat', 'sms', 'social', 'other') OR (channel = 'phone' AND outcome = 'no-answer'))
),
-- An answer: the team got in touch, or both sides talked. Notes and handovers never answer.
answer AS (
    SELECT id, max({d: day, n: n}) AS last FROM interaction
    WHERE day <= today() AND channel NOT IN ('note', 'handover')
    AND (coalesce(direction, '') <> 'in'
        OR (channel IN ('phone', 'visit', 'exhibition', 'online-meeting') AND coalesce(outcome, '') <> 'no-answer'))
    GROUP BY id
),
open_message AS (
    SELECT waiting.id, min(waiting.day) AS day FROM waiting LEFT JOIN answer USING (id)
    WHERE answer.last IS NULL OR {d: waiting.day, n: waiting.n} > answer.last GROUP BY waiting.id
)
SELECT c.id, open_message.day AS unanswered_since,
    coalesce(c.status <> 'lost' AND rule.every_days > 0 AND today() - latest.day > rule.every_days, FALSE) AS stale,
    CASE WHEN step.id IS NULL AND rule.every_days > 0
        THEN coalesce(counted.day, first_commit.day, today()) + rule.every_days END AS follow_up_due
FROM customer c LEFT JOIN rule USING (id) LEFT JOIN latest USING (id) LEFT JOIN counted USING (id)
LEFT JOIN step USING (id) LEFT JOIN open_message USING (id) LEFT JOIN first_commit USING (id)
