-- The statuses of the second dialect are an order's state together with how it is paid or sent: they are told, and counted, without
-- opening a document.
DROP INDEX document_state;
CREATE INDEX document_state ON document (shard, type, state, created_at, id) INCLUDE (payment_state, shipment_state)
    WHERE state IS NOT NULL;
