-- The business units that each customer acts for, in the order of creation, also those that were stored before there was such a list:
-- a place in it is a claim; see storage/queries/lists.py.
INSERT INTO claim (shard, kind, value, owner)
SELECT
    d.shard,
    'business-unit memberIds=' || member,
    to_char(timezone('UTC', d.created_at), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ' ' || d.id,
    d.id
FROM document d CROSS JOIN LATERAL jsonb_array_elements_text(d.query -> 'memberIds') AS member
WHERE d.type = 'business-unit'
ON CONFLICT DO NOTHING;
