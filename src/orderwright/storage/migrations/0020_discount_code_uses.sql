-- How many orders have used a discount code: all of them, where the customer is empty, and those of each customer. Nothing takes a
-- use back; those of a customer go with her.
CREATE TABLE discount_code_use (
    shard text NOT NULL,
    customer text NOT NULL,
    code uuid NOT NULL,
    uses bigint NOT NULL,
    CONSTRAINT discount_code_use_pk PRIMARY KEY (shard, customer, code)
);
