-- Persons without a consent or another basis that isn't withdrawn.
SELECT id FROM customer c WHERE type = 'person' AND NOT EXISTS (
    SELECT 1 FROM json_each(c.data, '$.consents') e WHERE (e.value->>'withdrawn') IS NULL)
