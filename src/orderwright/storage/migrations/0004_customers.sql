-- The tokens that reset passwords and verify emails. `hash` is the SHA-256 of what the customer was sent, in hexadecimal.
CREATE TABLE customer_token (
    shard text NOT NULL,
    hash text NOT NULL,
    kind text NOT NULL,
    customer uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT customer_token_pk PRIMARY KEY (shard, hash)
);
CREATE INDEX customer_token_customer ON customer_token (shard, customer, kind);
CREATE INDEX customer_token_expiry ON customer_token (shard, expires_at);
