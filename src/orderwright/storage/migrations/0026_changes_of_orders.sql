-- What happened to one order, by its versions: the desk tells it. Other resources have no such list and pay nothing for it.
CREATE INDEX change_of_order ON change (shard, resource_id, version) WHERE resource_type = 'order';
