-- The value of open deals by currency; weighted: of customers not lost, deals expected to close today or later, each
-- amount times its probability.
WITH sums AS (SELECT id, currency, sum(amount) AS amount FROM deal WHERE is_open AND amount IS NOT NULL GROUP BY ALL),
weighted AS (
    SELECT id, currency, sum(amount * probability) / 100 AS whole, sum(amount * probability) AS hundredfold FROM deal
    WHERE is_open AND NOT of_lost_customer AND expected_close >= today() AND amount IS NOT NULL GROUP BY ALL
)
SELECT c.id,
    (SELECT map_from_entries(list((currency, (amount, 1)))) FROM sums WHERE sums.id = c.id) AS open_value,
    (SELECT map_from_entries(list((currency, (hundredfold, 100)))) FROM weighted WHERE weighted.id = c.id)
        AS weighted_value
FROM customer c
