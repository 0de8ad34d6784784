-- Another number each time a template is set, so that processes leave the blocks that they have set aside before.
ALTER TABLE order_number_template ADD COLUMN generation bigint NOT NULL DEFAULT 0;
