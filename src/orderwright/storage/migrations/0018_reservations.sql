-- Pieces that a cart keeps of an inventory entry: what of `stock.on_stock` is not `available`. From `expires_at` on, where it has
-- such a time, a row counts for nothing: whoever reads adds its pieces to what is available, whoever writes the entry's counters
-- puts them back. `version` is that of the reservation in the cart; each change of it is another row.
CREATE TABLE reservation (
    shard text NOT NULL,
    entry uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    cart uuid NOT NULL,
    pieces bigint NOT NULL,
    expires_at timestamptz,
    CONSTRAINT reservation_pk PRIMARY KEY (shard, entry, id, version)
);
-- Those of an entry that are over, whatever number of them goes on.
CREATE INDEX reservation_over ON reservation (shard, entry, expires_at);
