-- What is to be sent, has been sent, or can not be sent: one row for each notification of each subscription, its payload as it was
-- when it was told. `number` is its place among all of them: those about one resource are sent in this order. What waits is
-- due at `due_at`: at once (the beginning of time), when it is tried again, or never, as long as an earlier one about its
-- resource waits to be tried again.
CREATE TABLE delivery (
    shard text NOT NULL,
    subscription uuid NOT NULL,
    number bigint NOT NULL,
    notification uuid NOT NULL,
    kind text NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid NOT NULL,
    sequence_number integer,
    at timestamptz NOT NULL,
    state text NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    error text,
    done_at timestamptz,
    payload text NOT NULL,
    CONSTRAINT delivery_pk PRIMARY KEY (shard, subscription, number)
);
CREATE INDEX delivery_waiting ON delivery (shard, subscription, due_at, number) WHERE state = 'waiting';
CREATE INDEX delivery_behind ON delivery (shard, subscription, resource_id, due_at) WHERE state = 'waiting';
CREATE INDEX delivery_dead ON delivery (shard, subscription, number) WHERE state = 'dead';
CREATE INDEX delivery_done ON delivery (shard, state, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX delivery_notification ON delivery (shard, notification);

-- Who sends to a subscription's destination, until when, and how that fares. The row without a subscription (all zeros) is held
-- by whoever makes deliveries of changes; it has the next number.
CREATE TABLE relay (
    shard text NOT NULL,
    subscription uuid NOT NULL,
    holder uuid NOT NULL,
    held_until timestamptz NOT NULL,
    next bigint NOT NULL,
    paused_until timestamptz NOT NULL,
    failures integer NOT NULL,
    failing_since timestamptz,
    error text,
    CONSTRAINT relay_pk PRIMARY KEY (shard, subscription)
);

-- Changes of one resource that are still to be told, so that an earlier one is told first whatever the clocks said.
CREATE INDEX change_behind ON change (shard, resource_id, version) WHERE subscribers IS NOT NULL;
