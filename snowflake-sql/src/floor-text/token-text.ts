import { familyOfType } from '../functions/index.ts';

/**
 * Where the salt of tokens stands in a made text. It is given when the statement is sent, another one each time, so that
 * neither the client nor the record knows it before or needs it afterwards.
 */
export const SALT = '(salt of this statement)';

/** Stands for the salt while a text is put together: no statement that has it itself is given tokens. */
export const SALT_MARK = '\0';

/**
 * A token of a column, NULL for NULL: equal values have equal tokens within the statement. Null if there is none for the
 * type, since its equal values can be written in more than one way, or since a token would not be comparable.
 */
export function tokenText(column: string, type: string): string | null {
  const family = familyOfType(type);
  switch (family) {
    case 'text':
      // A collation finds texts equal that are not the same.
      return /COLLATE/i.test(type) ? null : `SHA2('${SALT_MARK}' || ${column}, 256)`;
    case 'number':
      // HASH gives numbers that are equal the same result, whatever their precision, scale and type.
      return `IFF(${column} IS NULL, NULL, HASH('${SALT_MARK}', ${column}))`;
    case 'boolean':
    case 'time':
    case 'binary':
    case 'variant':
    case 'geo':
    case 'vector':
    case 'unknown':
      return null;
    default:
      return family satisfies never;
  }
}

/** The type of a token for a column of this type. */
export function tokenType(type: string): string {
  return familyOfType(type) === 'number' ? 'NUMBER(38,0)' : 'VARCHAR(64)';
}

/** The text with the salt's name in place of its marks, and where each of them begins. */
export function withSaltNamed(marked: string): { readonly sql: string; readonly salts: readonly number[] } {
  const salts: number[] = [];
  let sql = '';
  for (const [index, part] of marked.split(SALT_MARK).entries()) {
    if (index > 0) {
      salts.push(sql.length);
      sql += SALT;
    }
    sql += part;
  }
  return { sql, salts };
}

/**
 * The text to send.
 *
 * @param salts - from `withFloor`, for this text
 * @param salt - fresh, unguessable, and without quotation marks or backslashes
 */
export function salted(sql: string, salts: readonly number[], salt: string): string {
  return salts
    .toReversed()
    .reduce((text, at) => text.slice(0, at) + salt + text.slice(at + SALT.length), sql);
}
