-- The share of 4 and 5 among the scores of each kind, by month, in a period ($1 to $2).
SELECT measure, strftime(day, '%Y-%m') AS period, count(*) FILTER (value >= 4) AS satisfied, count(*) AS n
FROM fact WHERE measure IN ('satisfaction', 'survey_score', 'case_score', 'order_rating')
    AND day BETWEEN $1 AND least($2, today())
GROUP BY ALL
