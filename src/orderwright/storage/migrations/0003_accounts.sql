-- The hash of a customer's password, beside the document and never in it.
CREATE TABLE password (
    shard text NOT NULL,
    customer uuid NOT NULL,
    hash text NOT NULL,
    CONSTRAINT password_pk PRIMARY KEY (shard, customer)
);

-- Ids of anonymous sessions: one is given out once. `refresh` is the hash of the refresh token that it was given out with.
CREATE TABLE anonymous_session (
    shard text NOT NULL,
    id text NOT NULL,
    refresh bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT anonymous_session_pk PRIMARY KEY (shard, id)
);
CREATE INDEX anonymous_session_created ON anonymous_session (shard, created_at);

-- Whom a token was issued to, and the hash of the refresh token that it lives by.
ALTER TABLE token
    ADD COLUMN customer_id text,
    ADD COLUMN anonymous_id text,
    ADD COLUMN refresh bytea;
CREATE INDEX token_customer ON token (shard, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX token_anonymous ON token (shard, anonymous_id) WHERE anonymous_id IS NOT NULL;
CREATE INDEX token_refresh ON token (shard, refresh) WHERE refresh IS NOT NULL;

-- An API client as it is served, less its secret, and the origins that a browser may send from; none is any.
ALTER TABLE api_client
    ADD COLUMN delete_at timestamptz,
    ADD COLUMN origins text[],
    ADD COLUMN body text,
    ADD COLUMN query jsonb;
UPDATE api_client SET query = jsonb_build_object(
    'id', id, 'name', name, 'scope', scope, 'createdAt',
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
);
UPDATE api_client SET body = query::text;
ALTER TABLE api_client
    ALTER COLUMN body SET NOT NULL,
    ALTER COLUMN query SET NOT NULL;
