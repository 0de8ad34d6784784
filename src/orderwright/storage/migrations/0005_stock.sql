-- The counters of inventory entries, beside their documents: an order that takes stock writes this narrow row and nothing
-- else. No index holds a counter, so that a new version of a row stays on its page.
CREATE TABLE stock (
    shard text NOT NULL,
    entry uuid NOT NULL,
    on_stock bigint NOT NULL,
    available bigint NOT NULL,
    CONSTRAINT stock_pk PRIMARY KEY (shard, entry)
);
