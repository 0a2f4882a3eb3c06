-- What was measured on first visits: marks (vitals.sql). Layout shifts count up to the landmark, of visits that were
-- open then. Parameters: landmark (ms).
SELECT
  step.part AS part, step.stratum AS stratum, step.converted AS converted,
  if(step.ended >= step.start + {landmark:Float64} * 1000 AND own.shifted <= step.start + {landmark:Float64} * 1000,
    own.marks, bitAnd(own.marks, 1099511627775)) AS marks
FROM report_vital_marks AS own
INNER JOIN report_steps AS step ON step.visit_id = own.visit
