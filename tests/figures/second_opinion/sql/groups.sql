-- What figures are grouped by: a row for each value of an item of a list, or of a customer. What has no row is *not set*.
CREATE TABLE value_of(path VARCHAR, list VARCHAR, id VARCHAR, n INT, m INT, value VARCHAR);

-- Customers -----------------------------------------------------------------------------------------------------------
INSERT INTO value_of SELECT 'id', 'customer', id, 0, 0, id FROM customer;
INSERT INTO value_of SELECT 'status', 'customer', id, 0, 0, status FROM customer;
INSERT INTO value_of SELECT 'owner', 'customer', id, 0, 0, owner FROM customer;
INSERT INTO value_of SELECT 'type', 'customer', id, 0, 0, type FROM customer;
INSERT INTO value_of SELECT 'classification.value', 'customer', id, 0, 0, value FROM customer;
INSERT INTO value_of SELECT 'priority', 'customer', id, 0, 0, data->>'priority' FROM customer;
INSERT INTO value_of SELECT 'tags', 'customer', c.id, 0, 0, e.value->>'$' FROM customer c, json_each(c.data, '$.tags') e;
INSERT INTO value_of SELECT 'sources.channel', 'customer', c.id, 0, 0, e.value->>'channel'
    FROM customer c, json_each(c.data, '$.sources') e;
INSERT INTO value_of SELECT 'created:year', 'customer', id, 0, 0, year(day)::VARCHAR FROM created;
-- A partial date has the parts that it says.
INSERT INTO value_of SELECT 'cooperation.since:month', 'customer', id, 0, 0, left(since, 7)
    FROM customer WHERE length(since) >= 7;
-- The province of the registered address, else of the first one.
INSERT INTO value_of SELECT 'province', 'customer', id, 0, 0, province FROM (
    SELECT c.id, e.value->>'province' AS province,
        row_number() OVER (PARTITION BY c.id ORDER BY coalesce((e.value->>'kind') = 'registered', FALSE) DESC, e.key::INT)
            AS place
    FROM customer c, json_each(c.data, '$.addresses') e) WHERE place = 1;

-- Interactions and their next steps -----------------------------------------------------------------------------------
INSERT INTO value_of SELECT 'interactions.by', 'interactions', id, n, 0, colleague FROM interaction;
INSERT INTO value_of SELECT 'interactions.channel', 'interactions', id, n, 0, channel FROM interaction;
INSERT INTO value_of SELECT 'interactions.outcome', 'interactions', id, n, 0, outcome FROM interaction;
INSERT INTO value_of SELECT 'interactions.date:week', 'interactions', id, n, 0, strftime(day, '%G-W%V') FROM interaction;
INSERT INTO value_of SELECT 'interactions.date:weekday', 'interactions', id, n, 0, isodow(day)::VARCHAR FROM interaction;

-- Transactions and their items ----------------------------------------------------------------------------------------
INSERT INTO value_of SELECT 'transactions.payment_method', 'transactions', id, n, 0, payment_method FROM trade;
INSERT INTO value_of SELECT 'transactions.date:quarter', 'transactions', id, n, 0, strftime(day, '%Y-Q') || quarter(day)
    FROM trade;
INSERT INTO value_of SELECT 'transactions.date:month-of-year', 'transactions', id, n, 0, month(day)::VARCHAR FROM trade;
INSERT INTO value_of SELECT 'transactions.date:weekday', 'transactions', id, n, 0, isodow(day)::VARCHAR FROM trade;
INSERT INTO value_of SELECT 'transactions.items.product', 'transactions.items', id, n, m, product FROM item;

-- Opportunities, cases, feedback --------------------------------------------------------------------------------------
INSERT INTO value_of SELECT 'opportunities.stage', 'opportunities', id, n, 0, stage FROM deal;
INSERT INTO value_of SELECT 'opportunities.owner', 'opportunities', id, n, 0, owner FROM deal;
INSERT INTO value_of SELECT 'opportunities.lost_category', 'opportunities', id, n, 0, lost_category FROM deal;
INSERT INTO value_of SELECT 'opportunities.expected_close:month', 'opportunities', id, n, 0,
    strftime(expected_close, '%Y-%m') FROM deal;
INSERT INTO value_of SELECT 'cases.kind', 'cases', id, n, 0, kind FROM matter;
INSERT INTO value_of SELECT 'cases.owner', 'cases', id, n, 0, owner FROM matter;
INSERT INTO value_of SELECT 'feedback.kind', 'feedback', id, n, 0, kind FROM opinion;

-- Products: items group by their own, customers by those that they bought up to today. Codes and aliases count under the
-- product's name; a product that isn't listed keeps its text and has no category.
CREATE VIEW own_product AS
SELECT 'transactions.items' AS list, id, n, m, product, category FROM item
UNION ALL SELECT 'cases', id, n, 0, product, category FROM matter
UNION ALL SELECT 'feedback', id, n, 0, product, category FROM opinion
UNION ALL SELECT 'opportunities', d.id, d.n, 0, coalesce(p.name, e.value->>'$'), p.category
    FROM deal d, json_each(d.data, '$.products') e LEFT JOIN product_name p ON p.written = plain(e.value->>'$')
UNION ALL SELECT 'cooperation.satisfaction', c.id, 0, 0, coalesce(p.name, e.value->>'$'), p.category
    FROM customer c, json_each(c.data, '$.cooperation.products') e
    LEFT JOIN product_name p ON p.written = plain(e.value->>'$')
UNION ALL SELECT 'customer', id, 0, 0, product, category FROM item WHERE is_bought AND day <= today();
INSERT INTO value_of SELECT 'product', list, id, n, m, product FROM own_product;
INSERT INTO value_of SELECT 'product_category', list, id, n, m, category FROM own_product WHERE category IS NOT NULL;
DELETE FROM value_of WHERE value IS NULL;
