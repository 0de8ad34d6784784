-- What a statement finds by an id or another name of its own is found in one way, whatever is known of the table: an index that
-- has a condition is not even thought of where a statement does not fulfil it. Every row fulfils these conditions. A statement that
-- is to be answered by one of these indexes says the condition, or compares with a constant; see docs/decisions/29-one-way-to-a-row.md.
DROP INDEX document_created;
CREATE INDEX document_created ON document (shard, type, created_at, id) WHERE type >= '';
DROP INDEX document_modified;
CREATE INDEX document_modified ON document (shard, type, last_modified_at, id) WHERE type >= '';
DROP INDEX message_created;
CREATE INDEX message_created ON message (shard, created_at, id) WHERE shard <> '';
DROP INDEX message_type;
CREATE INDEX message_type ON message (shard, type, created_at, id) WHERE type IS NOT NULL;
ALTER TABLE message DROP CONSTRAINT message_number;
CREATE UNIQUE INDEX message_number ON message (shard, resource_id, sequence_number) WHERE shard <> '';
DROP INDEX claim_owner;
CREATE INDEX claim_owner ON claim (shard, owner) WHERE value >= '';
DROP INDEX token_client;
CREATE INDEX token_client ON token (shard, client_id) WHERE client_id >= '';
DROP INDEX token_expiry;
CREATE INDEX token_expiry ON token (shard, expires_at) WHERE shard <> '';
DROP INDEX customer_token_customer;
CREATE INDEX customer_token_customer ON customer_token (shard, customer, kind) WHERE kind >= '';
DROP INDEX customer_token_expiry;
CREATE INDEX customer_token_expiry ON customer_token (shard, expires_at) WHERE shard <> '';
DROP INDEX anonymous_session_created;
CREATE INDEX anonymous_session_created ON anonymous_session (shard, created_at) WHERE shard <> '';
DROP INDEX api_client_project;
CREATE INDEX api_client_project ON api_client (shard, project, created_at) WHERE project >= '';
DROP INDEX idempotency_created;
CREATE INDEX idempotency_created ON idempotency (shard, created_at) WHERE shard <> '';
DROP INDEX idempotency_document;
CREATE INDEX idempotency_document ON idempotency (shard, id) WHERE type >= '';

-- Of a customer's documents the newest are read and no others.
DROP INDEX document_customer;
CREATE INDEX document_customer ON document (shard, customer_id, type, created_at, id) WHERE customer_id IS NOT NULL;
