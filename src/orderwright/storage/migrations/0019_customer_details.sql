-- What a customer has told of herself in the second dialect and no member of her document holds. It goes when she does.
CREATE TABLE customer_details (
    shard text NOT NULL,
    customer uuid NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT customer_details_pk PRIMARY KEY (shard, customer)
);
