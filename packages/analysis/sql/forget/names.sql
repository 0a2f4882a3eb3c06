-- The names of a person: those that an alias which counts links with this one.
SELECT DISTINCT arrayJoin([previous, known]) AS id
FROM ({links})
WHERE status = 'used'
  AND (known = {subject:String}
    OR known IN (SELECT known FROM ({links}) WHERE status = 'used' AND previous = {subject:String}))
