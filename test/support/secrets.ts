import { createHash } from 'node:crypto';
import { openShop } from '@sluice/demo';
import { runSql } from '../../relay/src/warehouse/embedded/testing.ts';

/**
 * The true values of the sensitive columns of a demo shop's customers, and what they look like turned around,
 * encoded, hashed or cut: from a shop of the same seed that no relay stands before.
 */
export async function secretsOfShop(customers: number): Promise<readonly string[]> {
  const shop = await openShop({ customers });
  const session = await shop.openSession(shop.defaults);
  const sql = `SELECT EMAIL, PHONE, CARD_NUMBER, NATIONAL_ID, IBAN, NAME, PROFILE:contact.email::STRING,
    PROFILE:contact.phone::STRING FROM CUSTOMERS`;
  const { rows } = await runSql(session, sql);
  const values = new Set<string>();
  for (const row of rows)
    for (const cell of row) if (cell !== null) for (const form of formsOf(cell)) values.add(form);
  await shop.close();
  return [...values].filter((value) => value.length > 6);
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const bare = value.replace(/[^\p{L}\p{N}]/gu, '');
  const reversed = Array.from(value).toReversed().join('');
  const hex = bytes.toString('hex');
  const hashes = ['md5', 'sha1', 'sha256'].map((name) => createHash(name).update(value).digest('hex'));
  // A card's first digits name its issuer alone; with more they begin to name the card.
  const start = /^\d{13,}$/.test(bare) ? [bare.slice(0, 12)] : [];
  return [
    value,
    bare,
    reversed,
    hex,
    hex.toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    ...hashes,
    ...start,
  ];
}
