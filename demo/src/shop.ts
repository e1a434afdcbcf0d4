import { openEmbeddedWarehouse, type Warehouse } from '@sluice/relay/warehouse';

export interface ShopOptions {
  readonly customers: number;
  /** DuckDB's own limit, such as `2GB`. */
  readonly memoryLimit?: string;
}

/** An embedded warehouse that holds the demo's shop. */
export async function openShop({ customers, ...options }: ShopOptions): Promise<Warehouse> {
  return await openEmbeddedWarehouse({
    ...options,
    contents: { statements: shopStatements(customers), views: shopViews },
  });
}

/**
 * The demo shop: customers with card numbers, national ids and addresses, their orders and payments, and
 * support tickets whose free text holds some of the same. All of it is made up from each row's own number, so
 * the same size gives the same shop, everywhere.
 */
function shopStatements(customers: number): readonly string[] {
  const orders = customers * 2;
  return [
    ...helpers,
    `CREATE TABLE "SHOP"."PUBLIC"."CUSTOMERS" AS
     WITH made AS (
       SELECT id, pick(firstNames(), id, 1) AS first, pick(lastNames(), id, 2) AS last, pick(cities(), id, 3) AS place
       FROM range(1, ${customers + 1}) AS r(id))
     SELECT CAST(id AS DECIMAL(38, 0)) AS "ID", first || ' ' || last AS "NAME",
       lower(first) || '.' || lower(last) || id || '@' || pick(['example.com', 'mail.example', 'post.example'], id, 4) AS "EMAIL",
       '+49 30 ' || lpad(CAST(draw(id, 5, 100000000) AS VARCHAR), 8, '0') AS "PHONE",
       card(id) AS "CARD_NUMBER", nationalId(id) AS "NATIONAL_ID", iban(id) AS "IBAN",
       DATE '1940-01-01' + CAST(draw(id, 6, 24000) AS INTEGER) AS "BIRTH_DATE",
       place[1] AS "CITY", place[2] AS "COUNTRY",
       CAST(500 + draw(id, 7, 20000) AS DECIMAL(12, 2)) AS "CREDIT_LIMIT",
       json_object(
         'contact', json_object('email', lower(first) || '.' || lower(last) || id || '@private.example',
           'phone', '+49 171 ' || lpad(CAST(draw(id, 8, 10000000) AS VARCHAR), 7, '0')),
         'identity', json_object('national_id', nationalId(id), 'document', 'passport'),
         'preferences', json_object('newsletter', draw(id, 9, 2) = 1,
           'tags', json_array(pick(['garden', 'books', 'music'], id, 10), pick(['gift', 'home'], id, 11)))) AS "PROFILE",
       TIMESTAMP '2023-01-01' + to_minutes(CAST(draw(id, 12, 1500000) AS INTEGER)) AS "CREATED_AT"
     FROM made`,
    `CREATE TABLE "SHOP"."PUBLIC"."PRODUCTS" AS
     SELECT CAST(id AS DECIMAL(38, 0)) AS "ID", pick(['Lamp', 'Chair', 'Table', 'Shelf', 'Rug', 'Vase'], id, 20) || ' ' || id AS "NAME",
       pick(['living', 'kitchen', 'garden', 'office'], id, 21) AS "CATEGORY",
       CAST(5 + draw(id, 22, 40000) / 100 AS DECIMAL(10, 2)) AS "PRICE"
     FROM range(1, 501) AS r(id)`,
    `CREATE TABLE "SHOP"."PUBLIC"."ORDERS" AS
     SELECT CAST(id AS DECIMAL(38, 0)) AS "ID", CAST(1 + draw(id, 30, ${customers}) AS DECIMAL(38, 0)) AS "CUSTOMER_ID",
       DATE '2024-01-01' + CAST(draw(id, 31, 1000) AS INTEGER) AS "ORDER_DATE",
       pick(['placed', 'paid', 'shipped', 'returned'], id, 32) AS "STATUS",
       CAST(draw(id, 33, 90000) / 100 + 5 AS DECIMAL(12, 2)) AS "TOTAL"
     FROM range(1, ${orders + 1}) AS r(id)`,
    `CREATE TABLE "SHOP"."PUBLIC"."ORDER_ITEMS" AS
     SELECT CAST(id AS DECIMAL(38, 0)) AS "ID", CAST(1 + draw(id, 40, ${orders}) AS DECIMAL(38, 0)) AS "ORDER_ID",
       CAST(1 + draw(id, 41, 500) AS DECIMAL(38, 0)) AS "PRODUCT_ID", CAST(1 + draw(id, 42, 5) AS DECIMAL(38, 0)) AS "QUANTITY"
     FROM range(1, ${orders * 2 + 1}) AS r(id)`,
    `CREATE TABLE "SHOP"."PUBLIC"."PAYMENTS" AS
     SELECT "ID", "ID" AS "ORDER_ID", card(CAST("CUSTOMER_ID" AS BIGINT)) AS "CARD_NUMBER", "TOTAL" AS "AMOUNT",
       CAST("ORDER_DATE" AS TIMESTAMP) + to_hours(CAST(draw(CAST("ID" AS BIGINT), 50, 24) AS INTEGER)) AS "PAID_AT"
     FROM "SHOP"."PUBLIC"."ORDERS" WHERE "STATUS" <> 'placed'`,
    `CREATE TABLE "SHOP"."PUBLIC"."SUPPORT_TICKETS" AS
     SELECT c."ID", c."ID" AS "CUSTOMER_ID", pick(['payment', 'delivery', 'account'], CAST(c."ID" AS BIGINT), 60) AS "SUBJECT",
       CASE CAST(c."ID" AS BIGINT) % 3
         WHEN 0 THEN 'Hello, my card ' || c."CARD_NUMBER" || ' was charged twice. Please write to ' || c."EMAIL" || '.'
         WHEN 1 THEN 'Where is my parcel? You can call me at ' || c."PHONE" || '.'
         ELSE 'Please move my refund to IBAN ' || c."IBAN" || '. Thank you.' END AS "BODY",
       c."CREATED_AT" + to_days(3) AS "OPENED_AT"
     FROM "SHOP"."PUBLIC"."CUSTOMERS" c WHERE CAST(c."ID" AS BIGINT) % 4 = 0`,
    // A warehouse that enforces them: rows may be grouped by a key and whatever else there is of its row.
    ...['CUSTOMERS', 'PRODUCTS', 'ORDERS', 'ORDER_ITEMS', 'PAYMENTS', 'SUPPORT_TICKETS'].map(
      (table) => `ALTER TABLE "SHOP"."PUBLIC"."${table}" ADD PRIMARY KEY ("ID")`,
    ),
    ...['pick', 'draw', 'firstNames', 'lastNames', 'cities', 'card', 'luhn', 'nationalId', 'iban'].map(
      (name) => `DROP MACRO memory.main.${name}`,
    ),
  ];
}

/** Views in Snowflake's own SQL: the understanding follows them as it follows anybody's. */
const shopViews: Readonly<Record<string, string>> = {
  CUSTOMER_OVERVIEW: `SELECT c.ID, c.NAME, c.EMAIL AS CONTACT, c.CITY, COUNT(o.ID) AS ORDERS, SUM(o.TOTAL) AS REVENUE
FROM CUSTOMERS c LEFT JOIN ORDERS o ON o.CUSTOMER_ID = c.ID
GROUP BY c.ID, c.NAME, c.EMAIL, c.CITY`,
  REVENUE_BY_MONTH: `SELECT DATE_TRUNC('month', ORDER_DATE) AS MONTH, COUNT(*) AS ORDERS, SUM(TOTAL) AS REVENUE
FROM ORDERS GROUP BY 1`,
};

/** `draw(id, salt, n)` is a number below n that looks random but is always the same. */
const helpers = [
  'CREATE MACRO memory.main.draw(id, salt, n) AS CAST(hash(id * 1000 + salt) % n AS BIGINT)',
  'CREATE MACRO memory.main.pick(list, id, salt) AS list[1 + draw(id, salt, len(list))]',
  `CREATE MACRO memory.main.firstNames() AS ['Emma', 'Liam', 'Olivia', 'Noah', 'Mia', 'Elias', 'Sofia', 'Lukas', 'Lea', 'Jonas', 'Clara', 'Felix']`,
  `CREATE MACRO memory.main.lastNames() AS ['Meyer', 'Rossi', 'Dubois', 'Novak', 'Silva', 'Jansen', 'Larsen', 'Kowalski', 'Weber', 'Moreau']`,
  `CREATE MACRO memory.main.cities() AS [['Berlin', 'DE'], ['Hamburg', 'DE'], ['Paris', 'FR'], ['Lyon', 'FR'], ['Milano', 'IT'], ['Utrecht', 'NL'], ['Porto', 'PT']]`,
  // The digit that makes a number with it valid by Luhn.
  `CREATE MACRO memory.main.luhn(digits) AS (10 - list_sum(list_transform(range(1, len(digits) + 1), lambda i:
     CASE WHEN i % 2 = 1 THEN CAST(digits[i] AS INTEGER) * 2 - CASE WHEN CAST(digits[i] AS INTEGER) > 4 THEN 9 ELSE 0 END
     ELSE CAST(digits[i] AS INTEGER) END)) % 10) % 10`,
  `CREATE MACRO memory.main.card(id) AS (
     WITH number AS (SELECT pick(['411111', '453201', '510510', '555555'], id, 70) || lpad(CAST(draw(id, 71, 1000000000) AS VARCHAR), 9, '0') AS digits)
     SELECT digits || CAST(luhn(digits) AS VARCHAR) FROM number)`,
  // A US social security number of the areas that are given out.
  `CREATE MACRO memory.main.nationalId(id) AS
     lpad(CAST(1 + draw(id, 80, 665) AS VARCHAR), 3, '0') || '-' || lpad(CAST(1 + draw(id, 81, 99) AS VARCHAR), 2, '0')
     || '-' || lpad(CAST(1 + draw(id, 82, 9999) AS VARCHAR), 4, '0')`,
  // German: 18 digits, the check digits by ISO 7064 mod 97-10 over the number with DE00 (131400) behind it.
  `CREATE MACRO memory.main.iban(id) AS (
     WITH account AS (SELECT '10010010' || lpad(CAST(draw(id, 90, 10000000000) AS VARCHAR), 10, '0') AS digits)
     SELECT 'DE' || lpad(CAST(98 - CAST((digits || '131400')::HUGEINT % 97 AS INTEGER) AS VARCHAR), 2, '0') || digits FROM account)`,
];
