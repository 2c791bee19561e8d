-- 40 countries of 10 cities each, and no city of the same name twice: the city determines the country. PostgreSQL
-- multiplies the two selectivities, so a search by both is estimated 40 times too low.
-- step
CREATE TABLE load.countries (number integer GENERATED ALWAYS AS IDENTITY (MINVALUE 0), name text, cities text[]);
INSERT INTO load.countries (name, cities) VALUES
  ('Argentina', '{Buenos Aires,Rosario,Mendoza,La Plata,Salta,Mar del Plata,Neuquén,Corrientes,Posadas,Ushuaia}'),
  ('Australia', '{Sydney,Melbourne,Brisbane,Perth,Adelaide,Canberra,Hobart,Darwin,Cairns,Geelong}'),
  ('Austria', '{Vienna,Graz,Linz,Salzburg,Innsbruck,Klagenfurt,Villach,Wels,Dornbirn,Steyr}'),
  ('Belgium', '{Brussels,Antwerp,Ghent,Charleroi,Liège,Bruges,Namur,Leuven,Mons,Ostend}'),
  ('Brazil', '{São Paulo,Rio de Janeiro,Brasília,Salvador,Fortaleza,Curitiba,Manaus,Recife,Porto Alegre,Belém}'),
  ('Canada', '{Toronto,Montreal,Vancouver,Calgary,Edmonton,Ottawa,Winnipeg,Quebec City,Halifax,Victoria}'),
  ('Chile', '{Santiago,Valparaíso,Concepción,Antofagasta,Temuco,Iquique,Rancagua,Talca,Arica,Punta Arenas}'),
  ('Colombia', '{Bogotá,Medellín,Cali,Barranquilla,Cartagena,Cúcuta,Bucaramanga,Pereira,Santa Marta,Ibagué}'),
  ('Croatia', '{Zagreb,Split,Rijeka,Osijek,Zadar,Pula,Šibenik,Dubrovnik,Varaždin,Karlovac}'),
  ('Czechia', '{Prague,Brno,Ostrava,Plzeň,Liberec,Olomouc,Hradec Králové,Pardubice,Zlín,Jihlava}'),
  ('Denmark', '{Copenhagen,Aarhus,Odense,Aalborg,Esbjerg,Randers,Kolding,Horsens,Vejle,Roskilde}'),
  ('Egypt', '{Cairo,Alexandria,Giza,Port Said,Suez,Luxor,Mansoura,Tanta,Asyut,Aswan}'),
  ('Estonia', '{Tallinn,Tartu,Narva,Pärnu,Kohtla-Järve,Viljandi,Rakvere,Maardu,Kuressaare,Võru}'),
  ('Finland', '{Helsinki,Espoo,Tampere,Vantaa,Oulu,Turku,Jyväskylä,Lahti,Kuopio,Pori}'),
  ('France', '{Paris,Marseille,Lyon,Toulouse,Nice,Nantes,Strasbourg,Montpellier,Bordeaux,Lille}'),
  ('Germany', '{Berlin,Hamburg,Munich,Cologne,Frankfurt,Stuttgart,Leipzig,Dresden,Bremen,Hanover}'),
  ('Greece', '{Athens,Thessaloniki,Patras,Heraklion,Larissa,Volos,Ioannina,Chania,Kavala,Kalamata}'),
  ('Hungary', '{Budapest,Debrecen,Szeged,Miskolc,Pécs,Győr,Nyíregyháza,Kecskemét,Szombathely,Eger}'),
  ('Iceland', '{Reykjavík,Kópavogur,Hafnarfjörður,Akureyri,Garðabær,Selfoss,Akranes,Ísafjörður,Húsavík,Höfn}'),
  ('India', '{Mumbai,Delhi,Bengaluru,Chennai,Kolkata,Pune,Ahmedabad,Jaipur,Lucknow,Kochi}'),
  ('Ireland', '{Dublin,Cork,Limerick,Galway,Waterford,Drogheda,Dundalk,Swords,Bray,Sligo}'),
  ('Italy', '{Rome,Milan,Naples,Turin,Palermo,Genoa,Bologna,Florence,Bari,Venice}'),
  ('Japan', '{Tokyo,Yokohama,Osaka,Nagoya,Sapporo,Fukuoka,Kobe,Kyoto,Sendai,Hiroshima}'),
  ('Kenya', '{Nairobi,Mombasa,Kisumu,Nakuru,Eldoret,Thika,Malindi,Kitale,Garissa,Kakamega}'),
  ('Latvia', '{Riga,Daugavpils,Liepāja,Jelgava,Jūrmala,Ventspils,Rēzekne,Valmiera,Ogre,Cēsis}'),
  ('Lithuania', '{Vilnius,Kaunas,Klaipėda,Šiauliai,Panevėžys,Alytus,Marijampolė,Utena,Telšiai,Palanga}'),
  ('Mexico', '{Mexico City,Guadalajara,Monterrey,Puebla,Tijuana,Cancún,Oaxaca,Querétaro,Veracruz,Morelia}'),
  ('Netherlands', '{Amsterdam,Rotterdam,The Hague,Utrecht,Eindhoven,Groningen,Tilburg,Almere,Breda,Nijmegen}'),
  ('New Zealand', '{Auckland,Wellington,Christchurch,Hamilton,Tauranga,Dunedin,Napier,Nelson,Rotorua,Invercargill}'),
  ('Norway', '{Oslo,Bergen,Trondheim,Stavanger,Drammen,Kristiansand,Tromsø,Bodø,Ålesund,Haugesund}'),
  ('Poland', '{Warsaw,Kraków,Łódź,Wrocław,Poznań,Gdańsk,Szczecin,Lublin,Katowice,Białystok}'),
  ('Portugal', '{Lisbon,Porto,Braga,Coimbra,Funchal,Aveiro,Faro,Évora,Setúbal,Viseu}'),
  ('Romania', '{Bucharest,Cluj-Napoca,Timișoara,Iași,Constanța,Craiova,Brașov,Galați,Oradea,Sibiu}'),
  ('Slovakia', '{Bratislava,Košice,Prešov,Žilina,Nitra,Banská Bystrica,Trnava,Martin,Trenčín,Poprad}'),
  ('South Africa', '{Johannesburg,Cape Town,Durban,Pretoria,Gqeberha,Bloemfontein,Polokwane,Mbombela,Kimberley,George}'),
  ('South Korea', '{Seoul,Busan,Incheon,Daegu,Daejeon,Gwangju,Suwon,Ulsan,Jeonju,Pohang}'),
  ('Spain', '{Madrid,Barcelona,Valencia,Seville,Zaragoza,Málaga,Murcia,Bilbao,Granada,Vigo}'),
  ('Sweden', '{Stockholm,Gothenburg,Malmö,Uppsala,Västerås,Örebro,Linköping,Helsingborg,Norrköping,Umeå}'),
  ('Switzerland', '{Zurich,Geneva,Basel,Lausanne,Bern,Winterthur,Lucerne,St. Gallen,Lugano,Biel}'),
  ('United Kingdom', '{London,Birmingham,Manchester,Glasgow,Leeds,Liverpool,Bristol,Edinburgh,Cardiff,Belfast}');

-- step customers
WITH names AS (SELECT
  '{Ada,Alan,Amina,Ana,Anders,Astrid,Barbara,Bjarne,Chiara,Chen,Clara,Dana,Dennis,Edsger,Elif,Emil,Emma,Erik,Fatima,
    Felix,Grace,Greta,Hana,Hugo,Ines,Ingrid,Ivan,Jakub,Jean,João,Johanna,Jonas,Juan,Kaito,Karin,Katherine,Lars,Laura,
    Leila,Leon,Lin,Linus,Lucia,Luis,Magda,Marek,Margaret,Maria,Mateo,Mia,Mina,Nadia,Niklaus,Noah,Olga,Omar,Paula,Pavel,
    Petra,Priya,Rafael,Ravi,Robin,Rosa,Sara,Sofia,Stefan,Tim,Tomás,Vera,Viktor,Wei,Yara,Yuki,Zoe}'::text[] AS first,
  '{Almeida,Andersson,Bakker,Becker,Bianchi,Bosch,Brown,Carvalho,Costa,Dahl,Diaz,Dijkstra,Dubois,Eriksen,Evans,Fischer,
    Fontana,Fournier,Garcia,Gonzalez,Gray,Hansen,Hopper,Horvat,Ivanov,Jansen,Johansson,Kaya,Keller,Kim,Knuth,Kovács,
    Kowalski,Larsen,Leroy,Lopez,Lovelace,Martin,Mehta,Meyer,Moreau,Müller,Murphy,Nagy,Navarro,Nguyen,Nielsen,Novak,
    Nowak,Okafor,Olsen,Park,Patel,Pereira,Popescu,Ricci,Ritchie,Rossi,Ruiz,Santos,Sato,Schmidt,Schneider,Silva,Singh,
    Smith,Suzuki,Svensson,Tanaka,Tamm,Thompson,Torres,Turing,Vargas,Virtanen,Wagner,Weber,Wirth,Wong,Yilmaz}'::text[]
    AS last,
  '{Station Road,Church Lane,Mill Street,High Street,Park Avenue,Garden Row,Harbour View,School Lane,Hill Road,
    Market Square,River Walk,Castle Street}'::text[] AS street
), drawn AS (
  SELECT i, names.first[1 + load.pick(i, 1, cardinality(names.first))] AS first,
         names.last[1 + load.pick(i, 2, cardinality(names.last))] AS last,
         names.street[1 + load.pick(i, 3, cardinality(names.street))] AS street,
         load.pick(i, 4, 40) AS country, floor(10 * power(load.unit(i, 5), 1.5))::integer AS city
  FROM generate_series(1, load.scaled(120000)) AS i, names
)
INSERT INTO customers (id, email, full_name, phone, country, city, street, newsletter, created_at, last_seen_at)
SELECT i, lower(translate(first || '.' || last, 'ãáéüć', 'aaeuc')) || i || '@example.com', first || ' ' || last,
       '+' || (10 + load.pick(i, 6, 80)) || ' ' || lpad(load.pick(i, 7, 100000000)::text, 9, '0'),
       c.name, c.cities[1 + city], street || ' ' || (1 + load.pick(i, 8, 180)), load.unit(i, 9) < 0.3,
       load.beginning() + interval '730 days' * (i::float8 / load.scaled(120000)),
       load.beginning() + interval '730 days' * (1 - power(load.unit(i, 10), 3) * (1 - i::float8 / load.scaled(120000)))
FROM drawn JOIN load.countries AS c ON c.number = drawn.country
ORDER BY i;
