-- The endpoints that first visits called: how many of the calls failed, and whether the first was slow (longer than
-- twice the endpoint's median).
SELECT step.part AS part, step.stratum AS stratum, step.converted AS converted, own.which AS which, failures, first > 2 * median AS slow, weight
FROM report_visit_calls AS own
INNER JOIN report_steps AS step ON step.visit_id = own.visit
INNER JOIN report_endpoint_medians AS usual ON usual.which = own.which
