-- The runs that are asked for where `narrowed` is set; nothing else reads this, so here there are none.
SELECT run_id
FROM throughline_visits
LIMIT 0
