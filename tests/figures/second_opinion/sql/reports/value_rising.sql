-- Value not high, and revenue of the last 180 days more than 1.5 times that of the 180 days before, or open deals of at
-- least the median M of the customers with value high.
WITH half AS (
    SELECT id, currency, coalesce(sum(amount) FILTER (in_last(day, 180)), 0) AS recent,
        coalesce(sum(amount) FILTER (NOT in_last(day, 180)), 0) AS earlier
    FROM trade WHERE in_last(day, 360) GROUP BY ALL
),
high AS (SELECT s.currency, list_sort(list(s.m)) AS ms FROM scored s JOIN customer c USING (id)
    WHERE c.value = 'high' GROUP BY s.currency),
deals AS (SELECT id, currency, sum(amount) AS amount FROM deal WHERE is_open GROUP BY ALL)
SELECT DISTINCT id FROM customer WHERE coalesce(value, '') <> 'high' AND (
    id IN (SELECT id FROM half WHERE recent > 0 AND 2 * recent > 3 * earlier)
    OR id IN (SELECT deals.id FROM deals JOIN high USING (currency)
        WHERE amount > 0 AND 2 * amount >= ms[(len(ms) + 1) // 2] + ms[len(ms) // 2 + 1]))
