-- One to three items an order; popular products and loyal customers come up more often.
-- step order items
INSERT INTO order_items (id, order_id, product_id, quantity, unit_price)
SELECT row_number() OVER (), drawn.order_id, p.id, drawn.quantity, p.price
FROM (SELECT o AS order_id, 1 + floor(load.scaled(30000) * power(load.unit(o * 4 + line, 61), 2))::integer AS product_id,
             1 + floor(4 * power(load.unit(o * 4 + line, 62), 4))::integer AS quantity
      FROM generate_series(1, load.scaled(300000)) AS o, generate_series(1, 1 + load.pick(o, 60, 3)) AS line) AS drawn
JOIN products AS p ON p.id = drawn.product_id
ORDER BY drawn.order_id;

-- About 1 % is still to be shipped: most of the last week's orders, and a few that were forgotten.
-- step orders
INSERT INTO orders (id, customer_id, status, tracking_code, total, created_at, shipped_at, note)
SELECT d.id, 1 + floor(load.scaled(120000) * power(load.unit(d.id, 71), 1.5))::integer,
       CASE WHEN d.waiting THEN 'paid' WHEN d.mood < 0.05 THEN 'shipped' WHEN d.mood < 0.08 THEN 'returned'
            WHEN d.mood < 0.085 THEN 'lost' ELSE 'delivered' END,
       CASE WHEN NOT d.waiting THEN 'SX' || upper(substr(md5(d.id::text), 1, 14)) END,
       items.total, d.created_at,
       CASE WHEN NOT d.waiting THEN least(d.created_at + interval '4 days' * load.unit(d.id, 73), now()) END,
       CASE WHEN load.unit(d.id, 74) < 0.06 THEN 'Please leave it with the neighbours.' END
FROM (SELECT i AS id, load.unit(i, 70) AS mood,
             load.beginning() + interval '730 days' * (i::float8 / load.scaled(300000)) AS created_at,
             load.unit(i, 72) < CASE WHEN i > load.scaled(300000) * (723.0 / 730) THEN 0.65 ELSE 0.004 END AS waiting
      FROM generate_series(1, load.scaled(300000)) AS i) AS d
JOIN (SELECT order_id, sum(quantity * unit_price) AS total FROM order_items GROUP BY order_id) AS items
  ON items.order_id = d.id
ORDER BY d.id;
