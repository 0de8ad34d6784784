-- What a project was given and no answer shows again, by the name of the setting that it belongs to.
CREATE TABLE secret (
    shard text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    CONSTRAINT secret_pk PRIMARY KEY (shard, name)
);
