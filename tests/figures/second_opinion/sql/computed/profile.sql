-- Where a customer is: province and city of the registered address, else of the first one; the sales region lists the
-- province with or without 省, 市 and 自治区.
WITH address AS (
    SELECT c.id, e.value->>'province' AS province, e.value->>'city' AS city,
        row_number() OVER (PARTITION BY c.id ORDER BY coalesce((e.value->>'kind') = 'registered', FALSE) DESC, e.key::INT)
            AS place
    FROM customer c, json_each(c.data, '$.addresses') e
),
-- The latest score of cooperation or of a survey; of several on one day, that of cooperation. One without a day is older
-- than all others.
score AS (
    SELECT id, (data->>'$.cooperation.satisfaction.score')::INT AS score,
        on_day(data->>'$.cooperation.satisfaction.date') AS day, -1 AS n
    FROM customer WHERE (data->>'$.cooperation.satisfaction.score') IS NOT NULL
    UNION ALL SELECT id, score, day, n FROM opinion WHERE kind = 'survey' AND score IS NOT NULL
),
latest_score AS (
    SELECT id, score, row_number() OVER (PARTITION BY id ORDER BY day DESC NULLS LAST, n = -1 DESC, n DESC) AS place
    FROM score WHERE day IS NULL OR day <= today()
),
open_case AS (SELECT id, count(*) AS n FROM matter WHERE status <> 'closed' AND opened <= today() GROUP BY id),
bought AS (SELECT id, count(*) AS days FROM purchase_day GROUP BY id),
-- The earliest source, or first commit; today if there is neither.
source AS (SELECT c.id, min(on_day(e.value->>'date')) AS day FROM customer c, json_each(c.data, '$.sources') e GROUP BY c.id)
SELECT c.id, a.province, a.city, r.region AS sales_region, latest_score.score AS satisfaction,
    coalesce(open_case.n, 0) AS open_cases,
    coalesce(least(source.day, first_commit.day), today()) AS created,
    CASE WHEN typed_lifecycle IS NOT NULL THEN typed_lifecycle
        WHEN status = 'lost' THEN 'lost'
        WHEN status IN ('lead', 'prospect') THEN 'potential'
        WHEN coalesce(bought.days, 0) >= 2 OR today() - first_day(since) > 365 THEN 'existing'
        ELSE 'new' END AS lifecycle
FROM customer c LEFT JOIN address a ON a.id = c.id AND a.place = 1
LEFT JOIN region_of r ON r.province = regexp_replace(a.province, '(省|市|(壮族|回族|维吾尔)?自治区)$', '')
LEFT JOIN latest_score ON latest_score.id = c.id AND latest_score.place = 1
LEFT JOIN open_case ON open_case.id = c.id LEFT JOIN bought ON bought.id = c.id LEFT JOIN source ON source.id = c.id
LEFT JOIN first_commit ON first_commit.id = c.id
