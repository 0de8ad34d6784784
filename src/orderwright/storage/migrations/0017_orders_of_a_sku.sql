-- The orders of each SKU, in the order of creation: a place in such a list is a claim; see storage/lists.py.
INSERT INTO claim (shard, kind, value, owner)
SELECT DISTINCT
    d.shard,
    'order lineItems.variant.sku=' || (line #>> '{variant,sku}'),
    to_char(timezone('UTC', d.created_at), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ' ' || d.id,
    d.id
FROM document d CROSS JOIN LATERAL jsonb_array_elements(d.query -> 'lineItems') AS line
WHERE d.type = 'order' AND line #>> '{variant,sku}' IS NOT NULL;
