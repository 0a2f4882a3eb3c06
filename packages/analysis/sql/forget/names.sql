-- The names of a person: those that an alias which counts links with this one. From an anonymous subject only a
-- server's
-- word leads to the known one: a browser can claim to be anybody, and its erasure must not erase them.
SELECT DISTINCT arrayJoin([previous, known]) AS id
FROM ({links})
WHERE status = 'used'
  AND (known = {subject:String}
    OR known IN (SELECT known FROM ({links}) WHERE status = 'used' AND by_server AND previous = {subject:String}))
