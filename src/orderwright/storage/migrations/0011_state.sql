-- Orders in a state, such as the open ones of a time: few among many. A write pays for one more small entry.
CREATE INDEX document_state ON document (shard, type, state, created_at, id) WHERE state IS NOT NULL;
