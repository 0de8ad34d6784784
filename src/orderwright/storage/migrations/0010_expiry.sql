-- When what nobody modifies is over, so that a sweep reads only what is. It is computed from the queried copy: nothing has to be
-- written beside it, and what has no days of its own has no entry here.
CREATE INDEX document_expiry ON document (
    shard,
    type,
    (timezone('UTC', last_modified_at) + make_interval(days => (query ->> 'deleteDaysAfterLastModification')::integer)),
    id
) WHERE (query ->> 'deleteDaysAfterLastModification') IS NOT NULL;

-- What was answered about a document, for its erasure.
CREATE INDEX idempotency_document ON idempotency (shard, id);

-- Messages are asked for by their type, the newest or the oldest first.
CREATE INDEX message_type ON message (shard, type, created_at, id);
