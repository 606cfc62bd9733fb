-- Lost customers by the category of their loss, in a period ($1 to $2); not set is a row.
SELECT data->>'$.churn.category' AS category, count(*) AS customers FROM customer
WHERE status = 'lost' AND on_day(data->>'$.churn.date') BETWEEN $1 AND least($2, today()) GROUP BY ALL
