-- By owner: customers not lost, and contacts in the last 7 and 30 days.
SELECT c.owner, count(DISTINCT c.id) FILTER (c.status <> 'lost') AS customers,
    count(i.id) FILTER (in_last(i.day, 7)) AS followups_7, count(i.id) FILTER (in_last(i.day, 30)) AS followups_30
FROM customer c LEFT JOIN interaction i ON i.id = c.id AND i.is_contact GROUP BY c.owner
