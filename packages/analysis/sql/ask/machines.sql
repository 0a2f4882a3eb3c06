-- Runs of crawlers and tests: those of which a page says so (user_agent.synthetic.type).
SELECT run_id FROM throughline_visits WHERE synthetic != '' GROUP BY run_id
