-- step products
WITH words AS (SELECT
  '{Alder,Amber,Arctic,Atlas,Aurora,Basalt,Birch,Breeze,Cedar,Cobalt,Comet,Coral,Delta,Dune,Echo,Ember,Fjord,Flint,
    Granite,Harbour,Heron,Indigo,Ivory,Juniper,Lagoon,Linden,Lunar,Maple,Meadow,Meridian,Nimbus,Nordic,Oak,Onyx,Opal,
    Orbit,Pebble,Pine,Prairie,Quartz,Raven,Ridge,Saffron,Sierra,Slate,Solstice,Summit,Tidal,Tundra,Umber,Velvet,Vesper,
    Walnut,Willow,Zephyr,Zinc}'::text[] AS adjective,
  '{Backpack,Bench,Blanket,Boots,Bottle,Bowl,Cable,Camera,Chair,Charger,Clock,Coat,Cushion,Desk,Drill,Earphones,Frame,
    Gloves,Grill,Hammock,Helmet,Jacket,Kettle,Keyboard,Knife,Lamp,Lantern,Mirror,Mug,Notebook,Pan,Pillow,Planter,Rug,
    Scarf,Shelf,Shirt,Skates,Speaker,Stool,Sweater,Table,Tent,Toaster,Towel,Trousers,Vase,Wallet,Watch}'::text[] AS noun,
  '{black,white,grey,red,green,blue,yellow,orange,brown,beige,navy,teal}'::text[] AS color,
  '{cotton,wool,linen,leather,steel,aluminium,oak,bamboo,glass,ceramic,recycled plastic,cork}'::text[] AS material,
  '{camping,cycling,kitchen,office,garden,winter,summer,travel,gift,kids,outdoor,sale,new,handmade,vegan,waterproof,
    wireless,vintage,compact,luxury,fairtrade,recycled,foldable,washable,organic,premium,limited,bestseller,spare,bundle,
    baby,pets,running,yoga,music,reading,bath,bedroom,lighting,storage}'::text[] AS tag
)
INSERT INTO products (id, name, description, price, tags, attributes, created_at)
SELECT i, w.adjective[1 + load.pick(i, 21, cardinality(w.adjective))] || ' ' || drawn.noun || ' ' || (100 + load.pick(i, 22, 900)),
       format('A %s %s made of %s, in %s. Ships within two days; may be returned for thirty days. Care: %s. '
              'Tested by our own people and guaranteed for %s years.', w.tag[1 + load.pick(i, 23, 40)], lower(drawn.noun),
              drawn.material, drawn.color, (ARRAY['wipe clean', 'hand wash', 'machine wash at 30 °C', 'dry clean'])[1 + load.pick(i, 24, 4)],
              1 + load.pick(i, 25, 10)),
       round((4 + 200 * power(load.unit(i, 26), 3))::numeric, 2),
       (SELECT array_agg(DISTINCT w.tag[1 + floor(40 * power(load.unit(i, 30 + k), 2))::integer])
        FROM generate_series(1, 1 + load.pick(i, 29, 4)) AS k),
       jsonb_build_object('color', drawn.color, 'material', drawn.material, 'brand', 'brand-' || load.pick(i, 40, 150),
                          'weight_g', 50 + load.pick(i, 41, 9000), 'eco', load.unit(i, 42) < 0.2,
                          'warranty_months', 12 * (1 + load.pick(i, 43, 5))),
       load.beginning() + interval '730 days' * (i::float8 / load.scaled(30000))
FROM generate_series(1, load.scaled(30000)) AS i, words AS w,
     LATERAL (SELECT w.noun[1 + load.pick(i, 27, cardinality(w.noun))] AS noun,
                     w.color[1 + load.pick(i, 28, cardinality(w.color))] AS color,
                     w.material[1 + load.pick(i, 20, cardinality(w.material))] AS material) AS drawn
ORDER BY i;

-- step inventory
INSERT INTO inventory (product_id, on_hand, reserved, updated_at)
SELECT i, load.pick(i, 51, 500), load.pick(i, 52, 5), load.beginning() + interval '729 days'
FROM generate_series(1, load.scaled(30000)) AS i;
