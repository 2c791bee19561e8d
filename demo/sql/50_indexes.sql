-- What a well-kept shop has, and two of the faults (faults.yaml): an index that nobody uses and one that exists twice.
-- step indexes
CREATE INDEX customers_country_city_idx ON customers (country, city);
CREATE INDEX customers_phone_idx ON customers (phone);
CREATE INDEX order_items_order_id_idx ON order_items (order_id);
CREATE INDEX products_tags_idx ON products USING gin (tags);
CREATE INDEX wishlist_items_product_id_idx ON wishlist_items (product_id);

-- step foreign keys
ALTER TABLE inventory ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE order_items ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE wishlist_items ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE wishlist_items ADD FOREIGN KEY (product_id) REFERENCES products;

-- Of two equal indexes PostgreSQL takes the newer. So that the older is redundant, which is its fault, but not unused,
-- which is another's, it serves for a while before the newer comes.
-- step
ANALYZE order_items;
-- step
SET LOCAL enable_seqscan = off;
SELECT sum(quantity) FROM generate_series(1, 1000) AS o,
  LATERAL (SELECT quantity FROM order_items WHERE order_id = o.o OFFSET 0) AS items;
-- step duplicate index
CREATE INDEX order_items_order_idx ON order_items (order_id);
