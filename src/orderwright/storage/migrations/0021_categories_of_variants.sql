-- The categories of a product, which discounts ask of its variants, stand in the variants' rows as they do in what is written now.
UPDATE variant SET body = left(variant.body, -1) || ',"categories":[' || of_product.listed || ']}'
FROM (
    SELECT d.shard, d.id, each.staged, (
        SELECT string_agg('{"typeId":"category","id":"' || (c.category ->> 'id') || '"}', ',' ORDER BY c.place)
        FROM jsonb_array_elements(d.query #> each.path) WITH ORDINALITY AS c(category, place)
    ) AS listed
    FROM document d CROSS JOIN (
        VALUES (false, '{masterData,current,categories}'::text[]), (true, '{masterData,staged,categories}'::text[])
    ) AS each(staged, path)
    WHERE d.type = 'product' AND jsonb_array_length(d.query #> each.path) > 0
) AS of_product
WHERE variant.shard = of_product.shard AND variant.product_id = of_product.id AND variant.staged = of_product.staged;
