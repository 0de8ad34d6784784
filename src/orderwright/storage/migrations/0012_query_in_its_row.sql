-- The queried copy stands in its row, beside the columns, and not in pages of its own while it fits: what no column decides is
-- asked of it, and to fetch it from elsewhere cost a third of that. Documents that are there move when they are next written.
ALTER TABLE document ALTER COLUMN query SET STORAGE MAIN;

-- Rows are larger so, and to read very many of them for one column costs more: what doors and back offices ask for is found by
-- indexes. A document that has no such value pays nothing for them.
CREATE INDEX document_store ON document (shard, type, store_key, created_at, id) WHERE store_key IS NOT NULL;
CREATE INDEX document_payment_state ON document (shard, type, payment_state, created_at, id) WHERE payment_state IS NOT NULL;
CREATE INDEX document_shipment_state ON document (shard, type, shipment_state, created_at, id) WHERE shipment_state IS NOT NULL;
