-- Whatever belongs to one SKU (an inventory entry, a standalone price) is found by it.
ALTER TABLE document ADD COLUMN sku text;
CREATE INDEX document_sku ON document (shard, sku, type) WHERE sku IS NOT NULL;
