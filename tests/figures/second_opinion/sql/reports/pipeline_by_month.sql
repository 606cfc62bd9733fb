-- Open deals by the month of the expected close: past, then the months, then no date. Weighted are the deals of customers
-- not lost.
WITH placed AS (
    SELECT *, CASE WHEN expected_close < today() THEN 'past' ELSE strftime(expected_close, '%Y-%m') END AS month
    FROM deal WHERE is_open
),
sums AS (
    SELECT month, currency, sum(amount) AS amount,
        sum(amount * probability) FILTER (NOT of_lost_customer) AS hundredfold
    FROM placed WHERE amount IS NOT NULL GROUP BY ALL
)
SELECT month, count(*) AS open_deals,
    (SELECT map_from_entries(list((currency, (amount, 1)))) FROM sums s WHERE s.month IS NOT DISTINCT FROM placed.month)
        AS open_value,
    (SELECT map_from_entries(list((currency, (hundredfold, 100)))) FROM sums s
        WHERE s.month IS NOT DISTINCT FROM placed.month AND hundredfold IS NOT NULL) AS weighted
FROM placed GROUP BY month
