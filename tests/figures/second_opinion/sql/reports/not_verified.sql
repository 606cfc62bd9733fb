-- Never verified, or more than 365 days ago.
SELECT id FROM customer WHERE coalesce(on_day(data->>'$.verified.date') < today() - 365, TRUE)
