-- What isn't paid by today, by owner and days after the due day; without one, after the day of the transaction.
-- What is due today isn't late.
WITH unpaid AS (
    SELECT t.*, c.owner, today() - coalesce(payment_due, day) AS late FROM trade t JOIN customer c USING (id)
    WHERE day <= today() AND (paid IS NULL OR paid > today())
),
aged AS (
    SELECT *, CASE WHEN payment_due >= today() OR late < 0 THEN 'not-due' WHEN late <= 30 THEN '0-30' WHEN late <= 60 THEN '31-60'
        WHEN late <= 90 THEN '61-90' ELSE 'over-90' END AS age FROM unpaid
),
sums AS (SELECT owner, age, currency, sum(amount) AS amount FROM aged GROUP BY ALL)
SELECT owner, age,
    (SELECT map_from_entries(list((currency, (amount, 1)))) FROM sums s WHERE s.owner = aged.owner AND s.age = aged.age)
        AS receivable,
    count(*) FILTER (payment_due IS NULL) AS without_due
FROM aged GROUP BY owner, age
