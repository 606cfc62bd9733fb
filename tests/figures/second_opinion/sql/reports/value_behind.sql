-- Who is behind the own rhythm, of three purchase days or more: the last purchase, the median gap, and when the next one
-- was expected.
WITH gap AS (SELECT id, day, day - lag(day) OVER (PARTITION BY id ORDER BY day) AS days FROM purchase_day),
rhythm AS (SELECT id, max(day) AS last, count(*) AS n, median(days) AS gap FROM gap GROUP BY id)
SELECT id, last, gap AS interval, last + round_even(gap, 0)::INT AS next,
    today() - (last + round_even(gap, 0)::INT) AS days_late
FROM rhythm WHERE n >= 3 AND today() - last > gap + greatest(14, least(gap / 2, 30))
