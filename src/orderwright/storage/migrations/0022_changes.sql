-- One row for each change of a document, written in the change's own statement: what happened to which version, when, by whom, and
-- the Messages that tell of it. `subscribers` are the subscriptions that wait to hear of it, until they have it as deliveries.
CREATE TABLE change (
    shard text NOT NULL,
    id uuid NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid NOT NULL,
    version bigint NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    who text NOT NULL,
    identifiers text NOT NULL,
    messages uuid[] NOT NULL,
    subscribers uuid[],
    CONSTRAINT change_pk PRIMARY KEY (shard, id)
);
-- What is still to be told; where nobody has subscribed, it holds nothing.
CREATE INDEX change_due ON change (shard, at, id) WHERE subscribers IS NOT NULL;
