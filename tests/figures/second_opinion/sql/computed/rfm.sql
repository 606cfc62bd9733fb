-- RFM. Members are the customers with a purchase in the window; M is the sum, refunds included, in the main currency:
-- the one with most purchase days in the window, of several the store's, then by code.
CREATE OR REPLACE TABLE scored AS
WITH sold AS (SELECT t.* FROM trade t, rfm WHERE in_last(day, rfm.window_days)),
currency_days AS (SELECT id, currency, count(DISTINCT day) AS days FROM sold WHERE amount > 0 GROUP BY ALL),
main AS (
    SELECT id, currency, row_number() OVER (PARTITION BY id
        ORDER BY days DESC, currency = (SELECT store.currency FROM store) DESC, currency) AS place
    FROM currency_days
),
member AS (
    SELECT main.id, main.currency, any_value(today() - d.last) AS r, any_value(d.days) AS f,
        sum(sold.amount) FILTER (sold.currency = main.currency) AS m
    FROM main JOIN sold USING (id)
    JOIN (SELECT id, max(day) AS last, count(DISTINCT day) AS days FROM sold WHERE amount > 0 GROUP BY id) d USING (id)
    WHERE main.place = 1 GROUP BY main.id, main.currency
),
-- How many members are strictly worse, and of how many; of M, those with the same main currency.
ranked AS (
    SELECT id, currency, r, f, m,
        (SELECT count(*) FROM member o WHERE o.r > member.r) AS r_worse,
        (SELECT count(*) FROM member o WHERE o.f < member.f) AS f_worse,
        (SELECT count(*) FROM member o WHERE o.m < member.m AND o.currency = member.currency) AS m_worse,
        (SELECT count(*) FROM member) AS n, (SELECT count(*) FROM member o WHERE o.currency = member.currency) AS n_m,
        limits.limits AS m_limits, rfm.*
    FROM member LEFT JOIN rfm_limits limits USING (currency), rfm
)
-- By rank with 25 members or more, else by limits; M by limits only if its currency has some.
SELECT *, mode = 'limits' OR (mode = 'auto' AND n < 25) AS by_limits,
        CASE WHEN by_limits THEN 5 - len(list_filter(recency, lambda days: r > days)) ELSE 1 + 5 * r_worse // n END AS r_score,
        CASE WHEN by_limits THEN 1 + len(list_filter(frequency, lambda days: f >= days)) ELSE 1 + 5 * f_worse // n END
            AS f_score,
        CASE WHEN n_m < 8 THEN NULL
            WHEN by_limits AND m_limits IS NOT NULL THEN 1 + len(list_filter(m_limits, lambda sum: m >= sum))
            ELSE 1 + 5 * m_worse // n_m END AS m_score
FROM ranked
;

-- Sorted values, so that the middle is at known places.
CREATE OR REPLACE TABLE split AS SELECT currency, list_sort(list(m)) AS ms FROM scored GROUP BY currency;
CREATE OR REPLACE TABLE everybody AS SELECT list_sort(list(r)) AS rs, list_sort(list(f)) AS fs FROM scored;

-- Strictly better than the members' middle, in the order R F M.
SELECT c.id, s.r_score, s.f_score, s.m_score,
    CASE WHEN s.id IS NULL THEN 'none' WHEN n_m < 8 THEN 'few' ELSE
        CASE WHEN is_below(s.r, rs, s.split) THEN '1' ELSE '0' END
        || CASE WHEN is_above(s.f, fs, s.split) THEN '1' ELSE '0' END
        || CASE WHEN is_above(s.m, ms, s.split) THEN '1' ELSE '0' END END AS rfm_segment
FROM customer c LEFT JOIN scored s ON s.id = c.id LEFT JOIN split ON split.currency = s.currency, everybody
