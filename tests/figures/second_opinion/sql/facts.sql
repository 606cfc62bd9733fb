-- What the measures of `stats` count: a row for each counted item, with its day if it is an event and today's state if
-- not. `list` says what an item is; `value` is the number or amount that it adds, NULL for a missing one; `last_day` is
-- the last day of a partial date. Events after today, and those without a day, are left out when they are summed.

-- The customer's created day: the earliest source or first commit; today without both.
CREATE TABLE created AS
SELECT c.id, coalesce(least(min(on_day(e.value->>'date')), any_value(f.day)), today()) AS day
FROM customer c LEFT JOIN first_commit f ON f.id = c.id LEFT JOIN json_each(c.data, '$.sources') e ON TRUE GROUP BY c.id;

CREATE MACRO last_day(written) AS (CASE length(written)
    WHEN 4 THEN first_day(written) + INTERVAL 1 YEAR - INTERVAL 1 DAY
    WHEN 7 THEN first_day(written) + INTERVAL 1 MONTH - INTERVAL 1 DAY
    ELSE written::DATE END)::DATE;

CREATE TABLE fact(measure VARCHAR, list VARCHAR, id VARCHAR, n INT, m INT, day DATE, last_day DATE, currency VARCHAR,
    value DECIMAL(38, 12));

-- Customers -----------------------------------------------------------------------------------------------------------
INSERT INTO fact SELECT 'customers', 'customer', id, 0, 0, NULL, NULL, NULL, 1 FROM customer;
INSERT INTO fact SELECT 'new', 'customer', id, 0, 0, day, day, NULL, 1 FROM created;
-- A partial date is in a period only if the period contains all of it.
INSERT INTO fact SELECT 'signed', 'customer', id, 0, 0, first_day(since), last_day(since), NULL, 1
    FROM customer WHERE since IS NOT NULL;
INSERT INTO fact SELECT 'customers_lost', 'customer', id, 0, 0, day, day, NULL, 1
    FROM (SELECT id, on_day(data->>'$.churn.date') AS day FROM customer WHERE status = 'lost');
INSERT INTO fact SELECT 'satisfaction', 'cooperation.satisfaction', id, 0, 0, day, day, NULL, score
    FROM (SELECT id, on_day(data->>'$.cooperation.satisfaction.date') AS day,
              (data->>'$.cooperation.satisfaction.score')::INT AS score FROM customer) WHERE score IS NOT NULL;

-- Interactions: contacts; outgoing phone calls and those without a direction, and the unanswered ones of them ---------
INSERT INTO fact SELECT 'followups', 'interactions', id, n, 0, day, day, NULL, 1 FROM interaction WHERE is_contact;
INSERT INTO fact SELECT 'attempts', 'interactions', id, n, 0, day, day, NULL, 1
    FROM interaction WHERE channel = 'phone' AND coalesce(direction, '') <> 'in';
INSERT INTO fact SELECT 'no_answer', 'interactions', id, n, 0, day, day, NULL, 1
    FROM interaction WHERE channel = 'phone' AND coalesce(direction, '') <> 'in' AND outcome = 'no-answer';
-- 1 for an answered attempt, 0 for an unanswered one.
INSERT INTO fact SELECT 'answer_rate', 'interactions', id, n, 0, day, day, NULL, (coalesce(outcome, '') <> 'no-answer')::INT
    FROM interaction WHERE channel = 'phone' AND coalesce(direction, '') <> 'in';
INSERT INTO fact SELECT 'steps_done', 'interactions', id, n, 0, done, done, NULL, 1
    FROM interaction WHERE done IS NOT NULL;
INSERT INTO fact SELECT 'open_steps', 'interactions', id, n, 0, NULL, NULL, NULL, 1
    FROM interaction WHERE has_next AND done IS NULL;
INSERT INTO fact SELECT 'overdue_steps', 'interactions', id, n, 0, NULL, NULL, NULL, 1
    FROM interaction WHERE has_next AND done IS NULL AND due < today();

-- Transactions --------------------------------------------------------------------------------------------------------
INSERT INTO fact SELECT 'transactions', 'transactions', id, n, 0, day, day, NULL, 1 FROM trade;
INSERT INTO fact SELECT 'purchases', 'transactions', id, n, 0, day, day, NULL, 1 FROM trade WHERE amount > 0;
INSERT INTO fact SELECT 'revenue', 'transactions', id, n, 0, day, day, currency, amount FROM trade;
INSERT INTO fact SELECT 'refunds', 'transactions', id, n, 0, day, day, currency, amount FROM trade WHERE amount < 0;
INSERT INTO fact SELECT 'paid_amount', 'transactions', id, n, 0, paid, paid, currency, amount FROM trade
    WHERE paid IS NOT NULL;
INSERT INTO fact SELECT 'average_order', 'transactions', id, n, 0, day, day, currency, amount FROM trade WHERE amount > 0;
INSERT INTO fact SELECT 'order_rating', 'transactions', id, n, 0, day, day, NULL, rating FROM trade
    WHERE rating IS NOT NULL;
-- Receivable: up to today, and not paid by then; overdue, if it was due before today.
INSERT INTO fact SELECT 'receivable', 'transactions', id, n, 0, NULL, NULL, currency, amount FROM trade
    WHERE day <= today() AND (paid IS NULL OR paid > today());
INSERT INTO fact SELECT 'overdue_receivable', 'transactions', id, n, 0, NULL, NULL, currency, amount FROM trade
    WHERE day <= today() AND (paid IS NULL OR paid > today()) AND payment_due < today();
-- The days on which an item was bought: one for each customer, product and day.
INSERT INTO fact SELECT 'item_days', 'transactions.items', id, n, m, day, day, product, NULL FROM item WHERE is_bought;
-- An item without a quantity is one.
INSERT INTO fact SELECT 'item_value', 'transactions.items', id, n, m, day, day, currency, quantity * price FROM item;

-- Opportunities -------------------------------------------------------------------------------------------------------
INSERT INTO fact SELECT 'open_deals', 'opportunities', id, n, 0, NULL, NULL, NULL, 1 FROM deal WHERE is_open;
INSERT INTO fact SELECT 'open_value', 'opportunities', id, n, 0, NULL, NULL, currency, amount FROM deal WHERE is_open;
-- Weighted: open deals of customers not lost that are expected to close today or later; before today; or some day.
INSERT INTO fact SELECT CASE WHEN expected_close IS NULL THEN 'weighted_undated' WHEN expected_close < today()
        THEN 'weighted_past' ELSE 'weighted' END, 'opportunities', id, n, 0, NULL, NULL, currency,
        amount * probability * 0.01 FROM deal WHERE is_open AND NOT of_lost_customer;
INSERT INTO fact SELECT 'deals_' || stage, 'opportunities', id, n, 0, closed, closed, NULL, 1 FROM deal WHERE NOT is_open;
INSERT INTO fact SELECT stage || '_amount', 'opportunities', id, n, 0, closed, closed, currency, amount FROM deal
    WHERE NOT is_open;
-- 1 for won, 0 for lost; by amount it is won_amount against lost_amount.
INSERT INTO fact SELECT 'win_rate', 'opportunities', id, n, 0, closed, closed, NULL, (stage = 'won')::INT FROM deal
    WHERE NOT is_open;

-- Cases and opinions --------------------------------------------------------------------------------------------------
INSERT INTO fact SELECT 'open_cases', 'cases', id, n, 0, NULL, NULL, NULL, 1 FROM matter
    WHERE status <> 'closed' AND opened <= today();
INSERT INTO fact SELECT 'cases_opened', 'cases', id, n, 0, opened, opened, NULL, 1 FROM matter;
INSERT INTO fact SELECT 'cases_closed', 'cases', id, n, 0, closed, closed, NULL, 1 FROM matter WHERE closed IS NOT NULL;
INSERT INTO fact SELECT 'close_days', 'cases', id, n, 0, closed, closed, NULL, closed - opened FROM matter
    WHERE closed IS NOT NULL;
-- The day of a case's score: closed, else opened.
INSERT INTO fact SELECT 'case_score', 'cases', id, n, 0, coalesce(closed, opened), coalesce(closed, opened), NULL, score
    FROM matter WHERE score IS NOT NULL;
INSERT INTO fact SELECT 'survey_score', 'feedback', id, n, 0, day, day, NULL, score FROM opinion
    WHERE kind = 'survey' AND score IS NOT NULL;
