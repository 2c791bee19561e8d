-- Appended in the order of time; 200 kinds. The key stands at 93 % of what an integer holds: an old, busy table.
-- step events
WITH words AS (SELECT
  '{product,page,cart,search,wishlist,checkout,payment,account,review,coupon,order,delivery,address,login,newsletter,
    invoice,return,refund,chat,voucher}'::text[] AS subject,
  '{viewed,opened,started,changed,completed,shared,cancelled,failed,expired,reported}'::text[] AS verb
)
INSERT INTO events (id, kind, occurred_at, customer_id, payload)
SELECT 2000000000 + i,
       subject[1 + floor(20 * power(load.unit(i, 81), 1.5))::integer] || '.' ||
         verb[1 + floor(10 * power(load.unit(i, 85), 1.5))::integer],
       load.beginning() + interval '730 days' * (i::float8 / load.scaled(500000)),
       1 + floor(load.scaled(120000) * power(load.unit(i, 82), 1.5))::integer,
       jsonb_build_object('page', '/p/' || load.pick(i, 83, 30000), 'ms', load.pick(i, 84, 900))
FROM generate_series(1, load.scaled(500000)) AS i, words;

-- step wishlists
INSERT INTO wishlist_items (customer_id, product_id, added_at)
SELECT DISTINCT ON (customer_id, product_id) customer_id, product_id, added_at
FROM (SELECT 1 + load.pick(i, 91, load.scaled(120000)) AS customer_id, 1 + load.pick(i, 92, load.scaled(30000)) AS product_id,
             load.beginning() + interval '730 days' * load.unit(i, 93) AS added_at
      FROM generate_series(1, load.scaled(80000)) AS i) AS drawn
ORDER BY customer_id, product_id;
