import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readArrowRows } from '@sluice/contract/arrow';
import { secretsOfShop } from '../support/secrets.ts';
import { signIn, type Wire } from '../support/wire.ts';
import { clientProgram, orSkip } from './other-drivers.ts';

interface Result {
  readonly rowtype: readonly { readonly type: string; readonly fields?: readonly object[] }[];
  readonly rowset?: readonly (readonly (string | null)[])[];
  readonly rowsetBase64?: string;
}

let demo: Demo;
let secrets: readonly string[];
beforeAll(async () => {
  secrets = await secretsOfShop(50);
  demo = await startDemo({ customers: 50, logLevel: 'silent' });
});
afterAll(() => demo.close());

/** A session that is told of structured types, and has them in Arrow as what they are. */
async function sessionOf(application: string): Promise<Wire> {
  const wire = await signIn(demo.relay.url, await demo.tokenFor('ada'), { CLIENT_APP_ID: application });
  await run(wire, 'ALTER SESSION SET ENABLE_STRUCTURED_TYPES_IN_CLIENT_RESPONSE = TRUE');
  await run(wire, 'ALTER SESSION SET FORCE_ENABLE_STRUCTURED_TYPES_NATIVE_ARROW_FORMAT = TRUE');
  return wire;
}

async function ask(wire: Wire, sqlText: string) {
  return await wire.post(`/queries/v1/query-request?requestId=${randomUUID()}`, { sqlText });
}

async function run(wire: Wire, sqlText: string): Promise<Result> {
  const { data, message } = await ask(wire, sqlText);
  expect(message).toBeNull();
  return data as unknown as Result;
}

const bytesOf = ({ rowset, rowsetBase64 = '' }: Result) =>
  rowset === undefined ? Buffer.from(rowsetBase64, 'base64') : Buffer.from(JSON.stringify(rowset));
const rowsOf = (result: Result) => result.rowset ?? readArrowRows(bytesOf(result));

it.each(['JavaScript', 'PythonConnector'])(
  '%s: a masked column in a structured value is masked',
  async (application) => {
    const wire = await sessionOf(application);
    const values = [
      "{'e': EMAIL, 'c': CITY} AS OBJECT(e VARCHAR, c VARCHAR)",
      '[CARD_NUMBER] AS ARRAY(VARCHAR)',
      "OBJECT_CONSTRUCT('p', PHONE) AS MAP(VARCHAR, VARCHAR)",
    ];
    for (const value of values) {
      const { message } = await ask(wire, `SELECT CAST(${value}) FROM CUSTOMERS`);
      // Whether a cast fails tells of the values.
      expect(message).toMatch(/is masked .*Use TRY_CAST/s);
    }
    const tried = values.map((value) => `TRY_CAST(${value})`).join(', ');
    const masked = await run(wire, `SELECT ${tried} FROM CUSTOMERS ORDER BY ID`);
    const bytes = bytesOf(masked).toString('latin1');
    expect(secrets.filter((secret) => bytes.includes(secret))).toEqual([]);
    expect(rowsOf(masked)).toHaveLength(50);
    // What a mask leaves need not be of the types any more: drivers are to take it for a text.
    expect(masked.rowtype.map(({ type, fields }) => [type, fields])).toEqual([
      ['object', undefined],
      ['array', undefined],
      ['object', undefined],
    ]);
  },
);

it.each(['JavaScript', 'PythonConnector'])(
  '%s: one that is not passes as what it is',
  async (application) => {
    const wire = await sessionOf(application);
    const open = await run(
      wire,
      "SELECT {'c': CITY, 'n': [ID]}::OBJECT(c VARCHAR, n ARRAY(INT)), EMAIL FROM CUSTOMERS WHERE ID = 1",
    );
    expect(open.rowtype[0]).toMatchObject({
      type: 'object',
      fields: [
        { name: 'c', type: 'text' },
        { name: 'n', type: 'array', fields: [{ type: 'fixed' }] },
      ],
    });
    const [[value, email]] = rowsOf(open) as [[string, string]];
    expect(JSON.parse(value)).toEqual({ c: expect.any(String) as unknown, n: [1] });
    expect(email).toMatch(/^tok_|\*/);
  },
);

it.for(['connector-3', 'connector-4', 'connector-5'])(
  'the Python %s has them as texts, and as its own values where it asks for that',
  { timeout: 120_000 },
  async (environment, test) => {
    const { command, args } = orSkip(await clientProgram(environment, './python/structured_types.py'), test);
    const { port } = new URL(demo.relay.url);
    const { stdout } = await promisify(execFile)(command, [...args, port, await demo.tokenFor('ada')]);
    expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
    const { text, native } = JSON.parse(stdout) as Record<
      'text' | 'native',
      readonly [unknown, unknown, unknown]
    >;
    const city = expect.any(String) as unknown;
    expect(JSON.parse(String(text[0]))).toEqual({
      city,
      n: [1, null],
      t: '2024-01-05 11:22:33.000 +0100',
      m: { 1: 1.5 },
    });
    expect(native[0]).toEqual({ city, n: [1, null], t: '2024-01-05 11:22:33+01:00', m: { 1: '1.5' } });
    expect(native.slice(1)).toEqual([null, null]);
  },
);
