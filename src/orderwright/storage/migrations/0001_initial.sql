-- The first schema. `shard` leads every key, so that the tables can be distributed by it; uniqueness beyond ids is a
-- row in `claim`. No triggers, sequences or procedures: see docs/architecture.md, "SQL rules".

CREATE TABLE project (
    shard text NOT NULL,
    catalogue_version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT project_pk PRIMARY KEY (shard)
);

-- `body` holds the very bytes that are served; `query` the same document less its bulk, for predicates.
CREATE TABLE document (
    shard text NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    last_modified_at timestamptz NOT NULL,
    key text,
    order_number text,
    customer_id text,
    customer_email text,
    anonymous_id text,
    store_key text,
    state text,
    shipment_state text,
    payment_state text,
    message_sequence integer NOT NULL,
    write_id uuid NOT NULL,
    body text NOT NULL,
    query jsonb NOT NULL,
    CONSTRAINT document_pk PRIMARY KEY (shard, id)
);
CREATE INDEX document_created ON document (shard, type, created_at, id);
CREATE INDEX document_modified ON document (shard, type, last_modified_at, id);
CREATE INDEX document_key ON document (shard, type, key) WHERE key IS NOT NULL;
CREATE INDEX document_order_number ON document (shard, order_number) WHERE order_number IS NOT NULL;
CREATE INDEX document_customer ON document (shard, customer_id, type) WHERE customer_id IS NOT NULL;
CREATE INDEX document_customer_email ON document (shard, customer_email, type) WHERE customer_email IS NOT NULL;
CREATE INDEX document_anonymous ON document (shard, anonymous_id, type) WHERE anonymous_id IS NOT NULL;
CREATE INDEX document_query ON document USING gin (query jsonb_path_ops);

-- A value that at most one document may hold, such as an order number or a key.
CREATE TABLE claim (
    shard text NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    owner uuid NOT NULL,
    CONSTRAINT claim_pk PRIMARY KEY (shard, kind, value)
);
CREATE INDEX claim_owner ON claim (shard, owner);

-- What happened to a resource, numbered without gaps.
CREATE TABLE message (
    shard text NOT NULL,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    resource_id uuid NOT NULL,
    sequence_number integer NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    query jsonb NOT NULL,
    CONSTRAINT message_pk PRIMARY KEY (shard, id),
    CONSTRAINT message_number UNIQUE (shard, resource_id, sequence_number)
);
CREATE INDEX message_created ON message (shard, created_at, id);
CREATE INDEX message_query ON message USING gin (query jsonb_path_ops);

-- One product variant, current or staged, with what a line item copies of its product, so that adding a line reads one row.
CREATE TABLE variant (
    shard text NOT NULL,
    product_id uuid NOT NULL,
    staged boolean NOT NULL,
    variant_id integer NOT NULL,
    sku text,
    master boolean NOT NULL,
    body text NOT NULL,
    CONSTRAINT variant_pk PRIMARY KEY (shard, product_id, staged, variant_id)
);
CREATE INDEX variant_sku ON variant (shard, sku) WHERE sku IS NOT NULL;

-- Clients stand in the shard '@clients', since the token endpoint knows a client's id and not yet its project.
CREATE TABLE api_client (
    shard text NOT NULL,
    id text NOT NULL,
    project text NOT NULL,
    name text NOT NULL,
    scope text NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT api_client_pk PRIMARY KEY (shard, id)
);
CREATE INDEX api_client_project ON api_client (shard, project, created_at);

-- A token stands in its project's shard, so that at another project's door it does not exist. `hash` is its SHA-256.
CREATE TABLE token (
    shard text NOT NULL,
    hash bytea NOT NULL,
    kind text NOT NULL,
    client_id text NOT NULL,
    scope text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT token_pk PRIMARY KEY (shard, hash)
);
CREATE INDEX token_client ON token (shard, client_id);
CREATE INDEX token_expiry ON token (shard, expires_at);
