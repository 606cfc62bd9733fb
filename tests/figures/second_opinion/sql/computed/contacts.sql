-- The last contact and the days since; the usual channel: most contacts in the last 365 days, of several the one used
-- last. Contacts after today don't count.
WITH contact AS (SELECT * FROM interaction WHERE is_contact AND day <= today()),
latest AS (SELECT id, max(day) AS day, arg_max(coalesce(outcome, ''), {d: day, n: n}) AS outcome FROM contact GROUP BY id),
channels AS (
    SELECT id, channel, row_number() OVER (PARTITION BY id ORDER BY count(*) DESC, max(day) DESC, channel) AS place
    FROM contact WHERE in_last(day, 365) GROUP BY id, channel
),
-- The earliest due day of the open next steps, and its action.
step AS (
    SELECT id, min(due) AS due, arg_min(action, {d: due, n: n}) AS action
    FROM interaction WHERE due IS NOT NULL AND done IS NULL GROUP BY id
),
-- Close: a deal in a late stage that should close from 30 days ago to 90 days from now.
close AS (
    SELECT DISTINCT id FROM deal
    WHERE stage IN ('proposal', 'negotiation') AND expected_close BETWEEN today() - 30 AND today() + 90
),
people AS (
    SELECT c.id, e.value AS data FROM customer c, json_each(c.data, '$.contacts') e
    WHERE NOT coalesce((e.value->>'left') = 'true' OR try_cast(e.value->>'left' AS DATE) <= today(), FALSE)
    UNION ALL SELECT id, data FROM customer
),
reachable AS (
    SELECT DISTINCT id FROM people
    WHERE json_array_length(data->'phones') > 0 OR json_array_length(data->'emails') > 0 OR (data->>'wechat') <> ''
)
SELECT c.id, latest.day AS last_contact, today() - latest.day AS days_since_contact, channels.channel AS main_channel,
    step.due AS next_due, step.action AS next_action, coalesce(step.due < today(), FALSE) AS overdue,
    reachable.id IS NULL AS unreachable,
    coalesce((close.id IS NOT NULL AND in_last(latest.day, 30))
        OR (c.status IN ('lead', 'prospect') AND today() - latest.day <= 30 AND latest.outcome = 'positive'), FALSE)
        AS high_intent
FROM customer c LEFT JOIN latest USING (id) LEFT JOIN step USING (id) LEFT JOIN close USING (id)
LEFT JOIN reachable USING (id) LEFT JOIN channels ON channels.id = c.id AND channels.place = 1
