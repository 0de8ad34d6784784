-- The documents whose ids do not tell when they were made, within five seconds: few, if any. What is asked for by id is looked for in
-- the order of creation, which is that of all other ids but for so much; see `near_sql` in storage/queries.py.
CREATE INDEX document_apart ON document (shard, type, id) WHERE
    (abs(('x' || left(id::text, 8) || substr(id::text, 10, 4))::bit(48)::bigint
    - (extract(epoch FROM timezone('UTC', created_at)) * 1000)::bigint) > 5000)::integer = 1;
