-- Repeated: one kind of case, or of open need, for one product at three customers or more in 90 days. A need counts by
-- the day on which it was confirmed.
WITH demand AS (
    SELECT 'case' AS source, id, kind, product, opened AS day FROM matter
    UNION ALL
    SELECT 'need', c.id, e.value->>'kind', coalesce(p.name, e.value->>'product'), on_day(e.value->>'confirmed')
    FROM customer c, json_each(c.data, '$.needs') e LEFT JOIN product_name p ON p.written = plain(e.value->>'product')
    WHERE coalesce(e.value->>'status', 'open') = 'open'
)
SELECT source, kind, product, count(DISTINCT id) AS customers, count(*) AS items FROM demand
WHERE in_last(day, 90) AND kind IS NOT NULL AND product IS NOT NULL
GROUP BY ALL HAVING count(DISTINCT id) >= 3
