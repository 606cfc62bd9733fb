-- Transactions up to today: number, sums by currency, the last one, the mean purchase. A refund counts in money, not in
-- frequency, recency or rhythm. The window is that of RFM.
WITH past AS (SELECT * FROM trade WHERE day <= today()),
sums AS (SELECT id, currency, sum(amount) AS amount FROM past GROUP BY ALL),
year AS (SELECT id, currency, sum(amount) AS amount FROM past, rfm WHERE in_last(day, window_days) GROUP BY ALL),
mean AS (SELECT id, currency, sum(amount) AS amount, count(*) AS n FROM past WHERE amount > 0 GROUP BY ALL),
counted AS (SELECT id, count(*) AS n, max(day) AS day FROM past GROUP BY id),
-- The amount of the last transaction; of several on that day, the largest, and of several currencies the last by code.
last AS (SELECT past.id, max(amount) AS amount, arg_max(currency, {a: amount, c: currency}) AS currency
    FROM past JOIN counted ON past.id = counted.id AND past.day = counted.day GROUP BY past.id),
-- The own rhythm: the median gap between consecutive purchase days.
gap AS (SELECT id, day - lag(day) OVER (PARTITION BY id ORDER BY day) AS days FROM purchase_day),
ranked_gap AS (
    SELECT id, days, row_number() OVER (PARTITION BY id ORDER BY days) AS place, count(*) OVER (PARTITION BY id) AS n
    FROM gap WHERE days IS NOT NULL
),
rhythm AS (SELECT id, sum(days) AS days, count(*) AS n FROM ranked_gap
    WHERE 2 * place IN (n, n + 1, n + 2) GROUP BY id),
purchase AS (SELECT id, max(day) AS day, count(*) AS n, count(*) FILTER (in_last(day, window_days)) AS in_year
    FROM purchase_day, rfm GROUP BY id),
-- With three purchase days or more: the next one, rounded half to even, and whether it is late.
next AS (
    SELECT purchase.id, purchase.day + round_even(rhythm.days / rhythm.n, 0)::INT AS day,
        2 * (today() - purchase.day) * rhythm.n
            > 2 * rhythm.days + greatest(28 * rhythm.n, least(rhythm.days, 60 * rhythm.n)) AS behind
    FROM purchase JOIN rhythm USING (id) WHERE purchase.n >= 3
),
-- The three products with most purchase days; a tie: bought last, then by name.
product AS (
    SELECT id, product, row_number() OVER (PARTITION BY id ORDER BY count(DISTINCT day) DESC, max(day) DESC, product)
        AS place
    FROM item WHERE is_bought AND day <= today() GROUP BY id, product
)
SELECT c.id, coalesce(counted.n, 0) AS transaction_count, counted.day AS last_transaction,
    (SELECT map_from_entries(list((currency, (amount, 1)))) FROM sums WHERE sums.id = c.id) AS transaction_sum,
    (SELECT map_from_entries(list((currency, (amount, 1)))) FROM last WHERE last.id = c.id) AS last_amount,
    (SELECT map_from_entries(list((currency, (amount, n)))) FROM mean WHERE mean.id = c.id) AS average_order,
    (SELECT list(product ORDER BY place) FROM product WHERE product.id = c.id AND place <= 3) AS top_products,
    today() - purchase.day AS recency, coalesce(purchase.in_year, 0) AS frequency,
    (SELECT map_from_entries(list((currency, (amount, 1)))) FROM year WHERE year.id = c.id) AS monetary,
    rhythm.days / rhythm.n AS transaction_interval, next.day AS next_purchase, next.behind AS behind
FROM customer c LEFT JOIN counted USING (id) LEFT JOIN purchase USING (id) LEFT JOIN rhythm USING (id)
LEFT JOIN next USING (id)
