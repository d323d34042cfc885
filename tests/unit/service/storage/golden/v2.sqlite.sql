-- the types of a name
SELECT event_type.id
FROM event_type
WHERE event_type."desc" = 'compute.end';

-- everything, the marker
SELECT event.generated, event.message_id
FROM event
WHERE event.message_id = 'm';

-- everything, nothing: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, an id: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.message_id = 'm-1' ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, a type: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.event_type_id = 5 ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_4.id AS id, anon_4.generated AS generated, anon_4.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.event_type_id = 6 ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_4) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, times: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, traits: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE (EXISTS (SELECT 1 AS anon_3
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, traits: count
SELECT (SELECT count(*) AS count_1
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 21 OFFSET 0) AS anon_2) AS anon_1, (SELECT count(*) AS count_2
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 21 OFFSET 0) AS anon_4) AS anon_3, (SELECT count(*) AS count_3
FROM (SELECT trait_int.event_id AS event_id
FROM trait_int
WHERE trait_int."key" = 'size' AND trait_int.value >= 7
 LIMIT 21 OFFSET 0) AS anon_6) AS anon_5, (SELECT count(*) AS count_4
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1
 LIMIT 21 OFFSET 0) AS anon_8) AS anon_7;

-- everything, traits: drive
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 9 OFFSET 0) AS rare JOIN event ON event.id = rare.event_id
WHERE (EXISTS (SELECT 1 AS anon_3
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_4
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, all but an id: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.event_type_id = 5 AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_8.id AS id, anon_8.generated AS generated, anon_8.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.event_type_id = 6 AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_8) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, all but an id: count
SELECT (SELECT count(*) AS count_1
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 21 OFFSET 0) AS anon_2) AS anon_1, (SELECT count(*) AS count_2
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 21 OFFSET 0) AS anon_4) AS anon_3, (SELECT count(*) AS count_3
FROM (SELECT trait_int.event_id AS event_id
FROM trait_int
WHERE trait_int."key" = 'size' AND trait_int.value >= 7
 LIMIT 21 OFFSET 0) AS anon_6) AS anon_5, (SELECT count(*) AS count_4
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1
 LIMIT 21 OFFSET 0) AS anon_8) AS anon_7, (SELECT count(*) AS count_5
FROM (SELECT event.id AS id
FROM event
WHERE event.event_type_id IN (5, 6)
 LIMIT 21 OFFSET 0) AS anon_10) AS anon_9;

-- everything, all but an id: drive
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 9 OFFSET 0) AS rare JOIN event ON event.id = rare.event_id
WHERE event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id IN (5, 6) AND (EXISTS (SELECT 1 AS anon_3
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_4
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, all of it: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.message_id = 'm-1' AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id IN (5, 6) AND (EXISTS (SELECT 1 AS anon_3
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_4
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- everything, all of it: count
SELECT (SELECT count(*) AS count_1
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 21 OFFSET 0) AS anon_2) AS anon_1, (SELECT count(*) AS count_2
FROM (SELECT trait_int.event_id AS event_id
FROM trait_int
WHERE trait_int."key" = 'size' AND trait_int.value >= 7
 LIMIT 21 OFFSET 0) AS anon_4) AS anon_3, (SELECT count(*) AS count_3
FROM (SELECT event.id AS id
FROM event
WHERE event.event_type_id IN (5, 6)
 LIMIT 21 OFFSET 0) AS anon_6) AS anon_5;

-- everything, all of it: drive
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active')
 LIMIT 9 OFFSET 0) AS rare JOIN event ON event.id = rare.event_id
WHERE event.message_id = 'm-1' AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id IN (5, 6) AND (EXISTS (SELECT 1 AS anon_3
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- admin, the marker
SELECT event.generated, event.message_id
FROM event
WHERE event.message_id = 'm' AND NOT (EXISTS (SELECT 1 AS anon_1
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND (trait_text.value IS NULL OR NOT (trait_text.value = 'p' AND trait_text.value = 'p' = 1)) ));

-- admin, nothing: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash = 740548443802576524 AND NOT (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND (trait_text.value IS NULL OR NOT (trait_text.value = 'p' AND trait_text.value = 'p' = 1)) )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_5.id AS id, anon_5.generated AS generated, anon_5.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash = 0 ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_5 UNION ALL SELECT anon_6.id AS id, anon_6.generated AS generated, anon_6.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash IS NULL AND NOT (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND (trait_text.value IS NULL OR NOT (trait_text.value = 'p' AND trait_text.value = 'p' = 1)) )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_6) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- admin, all but an id: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash = 740548443802576524 AND NOT (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND (trait_text.value IS NULL OR NOT (trait_text.value = 'p' AND trait_text.value = 'p' = 1)) )) AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id + 0 IN (5, 6) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_9.id AS id, anon_9.generated AS generated, anon_9.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash = 0 AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id + 0 IN (5, 6) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_9 UNION ALL SELECT anon_10.id AS id, anon_10.generated AS generated, anon_10.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash IS NULL AND NOT (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND (trait_text.value IS NULL OR NOT (trait_text.value = 'p' AND trait_text.value = 'p' = 1)) )) AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id + 0 IN (5, 6) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_10) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- reader, the marker
SELECT event.generated, event.message_id
FROM event
WHERE event.message_id = 'm' AND (EXISTS (SELECT 1 AS anon_1
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 ));

-- reader, nothing: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash = 740548443802576524 AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_5.id AS id, anon_5.generated AS generated, anon_5.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash IS NULL AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_5) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- reader, all but an id: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash = 740548443802576524 AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id + 0 IN (5, 6) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_9.id AS id, anon_9.generated AS generated, anon_9.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.project_hash IS NULL AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id + 0 IN (5, 6) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_9) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- reader, all but an id: count inside
SELECT (SELECT count(*) AS count_1
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 AND trait_text.owner BETWEEN 740548443797192704 AND 740548443805581311
 LIMIT 21 OFFSET 0) AS anon_2) AS anon_1, (SELECT count(*) AS count_2
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 AND trait_text.owner IS NULL
 LIMIT 21 OFFSET 0) AS anon_4) AS anon_3;

-- reader, all but an id: drive inside
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT own.id AS id, own.generated AS generated, own.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id, event.event_type_id AS event_type_id
FROM (SELECT anon_3.event_id AS event_id
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 AND trait_text.owner BETWEEN 740548443797192704 AND 740548443805581311
 LIMIT 9 OFFSET 0) AS anon_3 UNION ALL SELECT anon_4.event_id AS event_id
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 AND trait_text.owner IS NULL
 LIMIT 9 OFFSET 0) AS anon_4) AS rare JOIN event ON event.id = rare.event_id
WHERE (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_9
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 ))
 LIMIT 18 OFFSET 0) AS own
WHERE own.generated >= '2026-11-01 00:00:00.000000' AND own.generated <= '2026-11-02 03:04:05.678901' AND own.event_type_id IN (5, 6) AND own.generated >= '2026-11-22 12:00:00.000000' AND (own.generated > '2026-11-22 12:00:00.000000' OR own.message_id > 'm') ORDER BY own.generated ASC, own.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- member, the marker
SELECT event.generated, event.message_id
FROM event
WHERE event.message_id = 'm' AND (EXISTS (SELECT 1 AS anon_1
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND (EXISTS (SELECT 1 AS anon_2
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 ));

-- member, nothing: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.owner_hash = 2299677735518092659 AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_6.id AS id, anon_6.generated AS generated, anon_6.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.owner_hash IS NULL AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 )) ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_6) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- member, all but an id: walk
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT parts.id AS id, parts.generated AS generated, parts.message_id AS message_id
FROM (SELECT anon_3.id AS id, anon_3.generated AS generated, anon_3.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.owner_hash = 2299677735518092659 AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 )) AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id + 0 IN (5, 6) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_9
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_3 UNION ALL SELECT anon_10.id AS id, anon_10.generated AS generated, anon_10.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id
FROM event
WHERE event.owner_hash IS NULL AND (EXISTS (SELECT 1 AS anon_4
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 )) AND event.generated >= '2026-11-01 00:00:00.000000' AND event.generated <= '2026-11-02 03:04:05.678901' AND event.event_type_id + 0 IN (5, 6) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_9
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 )) AND event.generated >= '2026-11-22 12:00:00.000000' AND (event.generated > '2026-11-22 12:00:00.000000' OR event.message_id > 'm') ORDER BY event.generated ASC, event.message_id ASC
 LIMIT 10 OFFSET 0) AS anon_10) AS parts ORDER BY parts.generated ASC, parts.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;

-- member, all but an id: count inside
SELECT (SELECT count(*) AS count_1
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 AND trait_text.owner = 740548443799284248
 LIMIT 21 OFFSET 0) AS anon_2) AS anon_1, (SELECT count(*) AS count_2
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 AND trait_text.owner IS NULL
 LIMIT 21 OFFSET 0) AS anon_4) AS anon_3;

-- member, all but an id: drive inside
SELECT event.id, event.message_id, event_type."desc", event.generated, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN event.raw END AS anon_1, CASE WHEN (coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) <= 2147483647) THEN coalesce(event.packed, event.traits) END AS anon_2, coalesce(LENGTH(CAST(event.raw AS BLOB)), 0) + coalesce(LENGTH(CAST(coalesce(event.packed, event.traits) AS BLOB)), 0) AS size
FROM (SELECT own.id AS id, own.generated AS generated, own.message_id AS message_id
FROM (SELECT event.id AS id, event.generated AS generated, event.message_id AS message_id, event.event_type_id AS event_type_id
FROM (SELECT anon_3.event_id AS event_id
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 AND trait_text.owner = 740548443799284248
 LIMIT 9 OFFSET 0) AS anon_3 UNION ALL SELECT anon_4.event_id AS event_id
FROM (SELECT trait_text.event_id AS event_id
FROM trait_text
WHERE trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 AND trait_text.owner IS NULL
 LIMIT 9 OFFSET 0) AS anon_4) AS rare JOIN event ON event.id = rare.event_id
WHERE (EXISTS (SELECT 1 AS anon_5
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'project_id' AND trait_text."key" = 'project_id' = 1 AND trait_text.value = 'p' AND trait_text.value = 'p' = 1 )) AND (EXISTS (SELECT 1 AS anon_6
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'user_id' AND trait_text."key" = 'user_id' = 1 AND trait_text.value = 'u' AND trait_text.value = 'u' = 1 )) AND (EXISTS (SELECT 1 AS anon_7
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_8
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'state' AND (trait_text.value < 'active' OR trait_text.value > 'active') )) AND (EXISTS (SELECT 1 AS anon_9
FROM trait_int
WHERE trait_int.event_id = event.id AND trait_int."key" = 'size' AND trait_int.value >= 7 )) AND (EXISTS (SELECT 1 AS anon_10
FROM trait_text
WHERE trait_text.event_id = event.id AND trait_text."key" = 'mood' AND trait_text.value = '😀' AND trait_text.value = '😀' = 1 ))
 LIMIT 18 OFFSET 0) AS own
WHERE own.generated >= '2026-11-01 00:00:00.000000' AND own.generated <= '2026-11-02 03:04:05.678901' AND own.event_type_id IN (5, 6) AND own.generated >= '2026-11-22 12:00:00.000000' AND (own.generated > '2026-11-22 12:00:00.000000' OR own.message_id > 'm') ORDER BY own.generated ASC, own.message_id ASC
 LIMIT 10 OFFSET 0) AS found JOIN event ON event.id = found.id LEFT OUTER JOIN event_type ON event.event_type_id = event_type.id ORDER BY found.generated ASC, found.message_id ASC;
