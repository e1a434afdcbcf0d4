/** What is needed to read rows: the bytes that a client was sent, and their encoding. */
export interface RowsOf {
  readonly bytes: Uint8Array;
  /** Undefined of older relays: JSON, an array a line. */
  readonly encoding: 'json' | 'arrow' | undefined;
}

/** A cell as a text of the driver protocol; null is NULL. */
export type Row = readonly (string | null)[];

/** @throws when the bytes are not what their encoding says. */
export async function readRows({ bytes, encoding }: RowsOf): Promise<readonly Row[]> {
  if (encoding === 'arrow') return await arrowRows(bytes);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (encoding === 'json') return JSON.parse(`[${text}]`) as Row[];
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

async function arrowRows(bytes: Uint8Array): Promise<readonly Row[]> {
  const { tableFromIPC } = await import('apache-arrow');
  const table = tableFromIPC(bytes);
  const columns = table.schema.fields.map((_, index) => table.getChildAt(index));
  return Array.from({ length: table.numRows }, (_, row) =>
    columns.map((column) => {
      const value: unknown = column?.get(row);
      return value === null || value === undefined ? null : textOf(value);
    }),
  );
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) {
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase();
  }
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | bigint | boolean}`;
}
