-- The Types of custom fields of a product's prices and assets, which its queried copy leaves out, stand beside it, so that a Type
-- that is used there is found in use.
UPDATE document SET query = query || jsonb_build_object('customTypes', (
    SELECT jsonb_agg(DISTINCT used.id ORDER BY used.id) FROM (
        SELECT jsonb_path_query(body::jsonb, '$.masterData.*.masterVariant.*.custom.type.id') AS id
        UNION SELECT jsonb_path_query(body::jsonb, '$.masterData.*.variants.*.custom.type.id')
    ) AS used
)) WHERE type = 'product' AND (
    body::jsonb @? '$.masterData.*.masterVariant.*.custom.type.id' OR body::jsonb @? '$.masterData.*.variants.*.custom.type.id'
);
