-- R, F and M of each customer with the scores; R also of those who bought before the window.
SELECT c.id, today() - (SELECT max(day) FROM purchase_day d WHERE d.id = c.id) AS r, coalesce(s.f, 0) AS f,
    round_even(s.m, 2) AS m, s.currency, s.r_score, s.f_score, s.m_score
FROM customer c LEFT JOIN scored s ON s.id = c.id
