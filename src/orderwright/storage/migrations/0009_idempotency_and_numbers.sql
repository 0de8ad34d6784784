-- What was answered to a write that came with an Idempotency-Key, in the write's own transaction. `key` is the SHA-256 of the
-- key with its API client and owner, `request` that of the request, `body` the document as it was then.
CREATE TABLE idempotency (
    shard text NOT NULL,
    key bytea NOT NULL,
    request bytea NOT NULL,
    status integer NOT NULL,
    type text NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    write_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    body text NOT NULL,
    CONSTRAINT idempotency_pk PRIMARY KEY (shard, key)
);
CREATE INDEX idempotency_created ON idempotency (shard, created_at);

-- How orders are numbered: the project's template has the scope '', that of a store the scope 'store:KEY'.
CREATE TABLE order_number_template (
    shard text NOT NULL,
    scope text NOT NULL,
    template text NOT NULL,
    gap_free boolean NOT NULL,
    CONSTRAINT order_number_template_pk PRIMARY KEY (shard, scope)
);

-- The next number of a scope in a period, which is what a template has of the date: '', '2025', '2025-11' or '2025-11-22'.
CREATE TABLE order_number_counter (
    shard text NOT NULL,
    scope text NOT NULL,
    period text NOT NULL,
    next bigint NOT NULL,
    CONSTRAINT order_number_counter_pk PRIMARY KEY (shard, scope, period)
);
