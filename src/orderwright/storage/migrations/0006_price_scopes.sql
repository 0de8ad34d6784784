-- How often the standalone prices of one SKU and scope have come or changed their time. Whoever adds one has read the others
-- at a count, and raises it: of two who do so at once, only one finds it as it was.
CREATE TABLE price_scope (
    shard text NOT NULL,
    sku text NOT NULL,
    scope text NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT price_scope_pk PRIMARY KEY (shard, sku, scope)
);
