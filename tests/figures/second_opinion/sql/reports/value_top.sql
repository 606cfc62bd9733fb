-- The twenty customers with most revenue in a period ($1 to $2), in each currency.
SELECT id, currency, round_even(amount, 2) AS revenue FROM (
    SELECT id, currency, sum(amount) AS amount, row_number() OVER (PARTITION BY currency ORDER BY sum(amount) DESC, id)
        AS place
    FROM trade WHERE day BETWEEN $1 AND least($2, today()) GROUP BY id, currency HAVING sum(amount) > 0)
WHERE place <= 20
