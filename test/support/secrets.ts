import { openEmbeddedWarehouse } from '@sluice/relay/warehouse/index.ts';

/**
 * The true values of every sensitive column of a demo shop, and what they look like turned around or encoded:
 * from a shop of the same seed that no relay stands before.
 */
export async function secretsOfShop(customers: number): Promise<readonly string[]> {
  const shop = await openEmbeddedWarehouse({ customers });
  const session = await shop.openSession(shop.defaults);
  const sql = `SELECT EMAIL, PHONE, CARD_NUMBER, REVERSE(CARD_NUMBER), HEX_ENCODE(CARD_NUMBER), MD5(CARD_NUMBER),
    BASE64_ENCODE(CARD_NUMBER), NATIONAL_ID, IBAN, NAME, PROFILE:contact.email::STRING, PROFILE:contact.phone::STRING
    FROM CUSTOMERS`;
  const statement = { sql, binds: {}, describeOnly: false, queryId: crypto.randomUUID() };
  const { batches } = await session.execute(statement, new AbortController().signal);
  const values = new Set<string>();
  for await (const { rows } of batches)
    for (const row of rows) for (const cell of row) values.add(String(cell));
  await shop.close();
  return [...values].filter((value) => value.length > 6);
}
