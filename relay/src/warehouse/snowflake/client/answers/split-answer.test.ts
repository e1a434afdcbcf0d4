import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRows } from '../../../../encoding/index.ts';
import { scanRows } from './json-rowset.ts';
import { splitAnswer } from './split-answer.ts';

const cell = fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: null });
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) =>
    fc.tuple(
      fc.constant(width),
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 20 }),
    ),
  );
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('rows of an answer', () => {
  it('are the bytes that they are encoded as, whatever whitespace stands between them', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(undefined, 1, '\t'), ([width, rows], indent) => {
        const answer = { success: true, data: { rowtype: [], rowset: rows, total: rows.length }, code: null };
        const split = splitAnswer(Buffer.from(JSON.stringify(answer, null, indent)));
        expect(split!.head).toEqual({ ...answer, data: { ...answer.data, rowset: [] } });
        const scanned = split!.rows!(width)!;
        expect(scanned.rowCount).toBe(rows.length);
        expect(text(scanned.bytes)).toBe(text(encodeRows(rows)));
      }),
    );
  });

  it('are rows of a part, which has no brackets around them', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(undefined, 2), ([width, rows], indent) => {
        const bytes = Buffer.from(JSON.stringify(rows, null, indent).slice(1, -1));
        const scanned = scanRows(bytes, 0, width, false)!;
        expect(scanned.rowCount).toBe(rows.length);
        expect(text(scanned.bytes)).toBe(text(encodeRows(rows)));
      }),
    );
  });

  it.each([
    ['of another width', '["1"],["2","3"]'],
    ['of numbers', '["1",2]'],
    ['of objects', '["1",{"a":1}]'],
    ['of rows', '["1",["2"]]'],
    ['cut off in a string', '["1","2'],
    ['cut off in a row', '["1","2"],["3"'],
    ['cut off behind a comma', '["1","2"],'],
    ['with brackets around them', '[["1","2"]]'],
    ['with something behind them', '["1","2"]x'],
    ['with a control character in a string', '["1","2\n"]'],
  ])('are refused when they are %s', (_, rows) => {
    expect(scanRows(Buffer.from(rows), 0, 2, false)).toBeNull();
  });

  it.each([
    ['there are two of them', '{"data":{"rowset":[["1"]],"rowset":[["2"]]}}'],
    ['there are two with data', '{"data":{"rowset":[["1"]]},"data":{"rowset":[["2"]]}}'],
    ['there are other data behind them', '{"data":{"rowset":[["1"]]},"data":{"total":1}}'],
    ['their name is written in another way', '{"data":{"row\\u0073et":[["1"]]}}'],
    ['the name of the data is', '{"data":{"rowset":[["1"]]},"\\u0064ata":{}}'],
    ['the answer is cut off', '{"data":{"rowset":[["1"]]'],
    ['it is no object', '[{"data":{"rowset":[]}}]'],
    ['it is no JSON', '<html></html>'],
    ['it is empty', ''],
  ])('are refused when %s', (_, answer) => {
    expect(splitAnswer(Buffer.from(answer))).toBeNull();
  });

  it('reads bytes as a parser does, or not at all, whatever has happened to them', () => {
    const answer = JSON.stringify({
      data: {
        rowset: [
          ['a\\"]', null],
          ['é', '[1,2]'],
        ],
        total: 2,
      },
      code: null,
    });
    const bytes = Buffer.from(answer);
    const places = fc.array(
      fc.tuple(fc.nat(bytes.length - 1), fc.constantFrom(...'[]{}",:\\ \n1né'.split(''))),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(places, fc.nat(2), (changes, cut) => {
        const altered = Buffer.from(bytes.subarray(0, bytes.length - cut));
        for (const [at, character] of changes) altered.write(character, Math.min(at, altered.length - 1), 1);
        const rows = splitAnswer(altered)?.rows?.(2);
        if (rows == null) return;
        const texts = JSON.parse(altered.toString()) as { data: { rowset: unknown } };
        expect(JSON.parse(`[${text(rows.bytes)}]`)).toEqual(texts.data.rowset);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps whole numbers to the letter, however long they are', () => {
    const split = splitAnswer(Buffer.from('{"data":{"a":12345678901234567890,"b":12,"c":1.5}}'));
    expect(JSON.stringify(split!.head)).toBe('{"data":{"a":12345678901234567890,"b":12,"c":1.5}}');
  });
});
