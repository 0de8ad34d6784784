-- Images that were uploaded for products, served at /images/{shard}/{id}/...; and what products are still to be written anew for.

CREATE TABLE image (
    shard text NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    content_type text NOT NULL,
    created_at timestamptz NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT image_pk PRIMARY KEY (shard, id)
);
CREATE INDEX image_product ON image (shard, product_id);

-- `kind` is product-type or category, `value` the id of one that has changed or gone. `since_ms` (milliseconds since 1970) is
-- when that happened last: a row goes only if nothing has happened since its products were written.
CREATE TABLE renewal (
    shard text NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    since_ms bigint NOT NULL,
    CONSTRAINT renewal_pk PRIMARY KEY (shard, kind, value)
);
