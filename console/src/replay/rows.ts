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
  if (encoding === 'arrow') {
    const { readArrowRows } = await import('@sluice/contract/arrow');
    return readArrowRows(bytes);
  }
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (encoding === 'json') return JSON.parse(`[${text}]`) as Row[];
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
