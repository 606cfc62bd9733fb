-- No purchase in the window, and a sum of all time above the members' median M of its currency.
SELECT DISTINCT t.id FROM (SELECT id, currency, sum(amount) AS amount FROM trade WHERE day <= today() GROUP BY ALL) t
JOIN split USING (currency) WHERE is_above(t.amount, ms, 'median') AND t.id NOT IN (SELECT id FROM scored)
