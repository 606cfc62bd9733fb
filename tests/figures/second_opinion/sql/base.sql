-- The lists of the records as tables, a row for each entry. Everything else is asked of these tables.
--
-- Given by the harness: record(id, data), first_commit(id, day), and the settings: store(today, currency),
-- member(handle, active), stage(stage, position, probability), product_name(written, name, category),
-- region_of(province, region), follow_up(position, condition, every_days, channels).
-- Numbers in `data` are texts, so that an amount never passes through a float.

-- What people write for a product in one form: width, case and blanks don't count.
CREATE MACRO plain(written) AS lower(regexp_replace(nfc_normalize(translate(written,
    'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ０１２３４５６７８９－　',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789- ')), '\s+', '', 'g'));
CREATE MACRO today() AS (SELECT store.today FROM store);
CREATE MACRO on_day(written) AS left(written, 10)::DATE;
-- A partial date counts as its first day.
CREATE MACRO first_day(written) AS (written || CASE length(written) WHEN 4 THEN '-01-01' WHEN 7 THEN '-01' ELSE '' END)::DATE;
-- The last N days are today and the N − 1 days before it.
CREATE MACRO in_last(day, days) AS day <= today() AND day > today() - days::INT;

CREATE TABLE customer AS
SELECT id, data->>'name' AS name, data->>'type' AS type, data->>'status' AS status, data->>'owner' AS owner,
    data->>'$.classification.value' AS value, data->>'$.classification.lifecycle' AS typed_lifecycle,
    data->>'$.cooperation.since' AS since, data
FROM record;

-- A contact is an interaction that reached the customer: no note or handover, no unanswered call, no outgoing message
-- (the reply is the contact), no sms without a direction.
CREATE TABLE interaction AS
SELECT c.id, e.key::INT AS n, on_day(e.value->>'date') AS day, e.value->>'by' AS colleague, e.value->>'channel' AS channel,
    e.value->>'direction' AS direction, e.value->>'outcome' AS outcome,
    (e.value->'next') IS NOT NULL AS has_next, e.value->>'$.next.action' AS action,
    on_day(e.value->>'$.next.due') AS due, on_day(e.value->>'$.next.done') AS done,
    NOT (channel IN ('note', 'handover')
        OR coalesce(outcome, '') = 'no-answer'
        OR (channel IN ('email', 'wechat', 'sms', 'social') AND coalesce(direction, '') = 'out')
        OR (channel = 'sms' AND direction IS NULL)) AS is_contact
FROM customer c, json_each(c.data, '$.interactions') e;

-- An amount without a currency has the store's. The probability of a deal is the typed one, else its stage's.
CREATE TABLE deal AS
SELECT c.id, e.key::INT AS n, e.value->>'title' AS title, e.value->>'stage' AS stage,
    (e.value->>'stage') NOT IN ('won', 'lost') AS is_open, c.status = 'lost' AS of_lost_customer,
    e.value->>'owner' AS owner, (e.value->>'amount')::DECIMAL(20, 6) AS amount,
    coalesce(e.value->>'currency', store.currency) AS currency,
    coalesce((e.value->>'probability')::DECIMAL(10, 4), stage.probability::DECIMAL(10, 4)) AS probability,
    on_day(e.value->>'expected_close') AS expected_close, on_day(e.value->>'closed') AS closed,
    e.value->>'lost_category' AS lost_category, e.value AS data
FROM customer c, json_each(c.data, '$.opportunities') e, store, stage
WHERE stage.stage = (e.value->>'stage');

-- A purchase has an amount above 0, a refund one below 0.
CREATE TABLE trade AS
SELECT c.id, e.key::INT AS n, on_day(e.value->>'date') AS day, (e.value->>'amount')::DECIMAL(20, 6) AS amount,
    coalesce(e.value->>'currency', store.currency) AS currency, on_day(e.value->>'payment_due') AS payment_due,
    on_day(e.value->>'paid') AS paid, (e.value->>'rating')::INT AS rating,
    e.value->>'payment_method' AS payment_method, e.value AS data
FROM customer c, json_each(c.data, '$.transactions') e, store;

CREATE TABLE item AS
SELECT t.id, t.n, e.key::INT AS m, t.day, t.amount > 0 AS is_bought, t.currency,
    e.value->>'product' AS written, coalesce(p.name, e.value->>'product') AS product, p.category,
    coalesce((e.value->>'quantity')::DECIMAL(18, 6), 1) AS quantity, (e.value->>'price')::DECIMAL(18, 6) AS price
FROM trade t, json_each(t.data, '$.items') e LEFT JOIN product_name p ON p.written = plain(e.value->>'product');

CREATE TABLE matter AS
SELECT c.id, e.key::INT AS n, on_day(e.value->>'opened') AS opened, on_day(e.value->>'closed') AS closed,
    e.value->>'status' AS status, e.value->>'kind' AS kind, e.value->>'owner' AS owner,
    (e.value->>'score')::INT AS score, e.value->>'product' AS written,
    coalesce(p.name, e.value->>'product') AS product, p.category
FROM customer c, json_each(c.data, '$.cases') e LEFT JOIN product_name p ON p.written = plain(e.value->>'product');

CREATE TABLE opinion AS
SELECT c.id, e.key::INT AS n, on_day(e.value->>'date') AS day, e.value->>'kind' AS kind,
    (e.value->>'score')::INT AS score, e.value->>'product' AS written,
    coalesce(p.name, e.value->>'product') AS product, p.category
FROM customer c, json_each(c.data, '$.feedback') e LEFT JOIN product_name p ON p.written = plain(e.value->>'product');

-- Two purchases on one day are one purchase day.
CREATE TABLE purchase_day AS
SELECT DISTINCT id, day FROM trade WHERE amount > 0 AND day <= today();

-- Whether a value is above, or below, the middle of sorted values: their median, or with split "mean" their mean. Both
-- sides are multiplied, so that nothing is rounded.
CREATE MACRO is_above(value, every, split) AS CASE split WHEN 'mean' THEN value * len(every) > list_sum(every)
    ELSE 2 * value > every[(len(every) + 1) // 2] + every[len(every) // 2 + 1] END;
CREATE MACRO is_below(value, every, split) AS CASE split WHEN 'mean' THEN value * len(every) < list_sum(every)
    ELSE 2 * value < every[(len(every) + 1) // 2] + every[len(every) // 2 + 1] END;
