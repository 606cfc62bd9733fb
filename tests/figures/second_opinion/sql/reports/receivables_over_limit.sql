-- Customers who owe more than their credit limit, in the currency of the limit.
SELECT c.id, map([t.currency], [(sum(t.amount), 1)]) AS receivable,
    map([t.currency], [(any_value((c.data->>'$.credit.limit')::DECIMAL(20, 6)), 1)]) AS limit
FROM customer c JOIN trade t USING (id), store
WHERE t.day <= today() AND (t.paid IS NULL OR t.paid > today())
    AND t.currency = coalesce(c.data->>'$.credit.currency', store.currency)
GROUP BY c.id, t.currency
HAVING sum(t.amount) > any_value((c.data->>'$.credit.limit')::DECIMAL(20, 6))
