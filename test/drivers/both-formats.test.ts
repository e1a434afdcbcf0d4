import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Demo, startDemo } from '@sluice/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientProgram, type DriverProgram, javaProgram, orSkip } from './other-drivers.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ customers: 50, logLevel: 'silent' });
});
afterAll(() => demo.close());

const SCALES = [0, 3, 6, 9];
const QUERIES = [
  `SELECT 1 AS A, -1::NUMBER(2,0) AS B, 12.50::NUMBER(4,2) AS C, -0.01::NUMBER(38,2) AS D, 99999999999999999999999999999999999999 AS E,
    1.5::FLOAT AS F, 'ä€😀' AS G, '' AS H, NULL AS I, TRUE AS J, '2024-02-29'::DATE AS K, TO_BINARY('CAFE') AS L, PARSE_JSON('{"a":[1.50,null]}') AS M`,
  ...SCALES.map(
    (
      scale,
    ) => `SELECT '12:34:56.789012'::TIME(${scale}) AS A, '2024-02-29 12:34:56.789012'::TIMESTAMP_NTZ(${scale}) AS B,
      '1901-02-03 04:05:06.789012'::TIMESTAMP_NTZ(${scale}) AS C, '2024-02-29 12:34:56.789012'::TIMESTAMP_LTZ(${scale}) AS D,
      '2024-02-29 12:34:56.789012 +0330'::TIMESTAMP_TZ(${scale}) AS E`,
  ),
  'SELECT * FROM CUSTOMERS ORDER BY ID',
  'SELECT ID, NAME FROM CUSTOMERS WHERE ID < 0',
  `SELECT SEQ4() AS N, IFF(MOD(SEQ4(), 3) = 0, NULL, 'row ' || SEQ4()) AS T, SEQ4() + 0.5::FLOAT AS D FROM TABLE(GENERATOR(ROWCOUNT => 200000))`,
];

const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe.each<[string, () => Promise<DriverProgram>]>([
  ['the Python connector, version 4', () => clientProgram('connector-4', 'python/both_formats.py')],
  ['the Python connector, version 3', () => clientProgram('connector-3', 'python/both_formats.py')],
  [
    'JDBC',
    async () => {
      const java = await javaProgram();
      if (java.missing !== null) return java;
      return { ...java, args: [...java.args.slice(0, -1), script('java/BothFormats.java')] };
    },
  ],
])('%s', (_, open) => {
  it('reads the same in Arrow as in JSON', { timeout: 240_000 }, async (test) => {
    const { command, args } = orSkip(await open(), test);
    const read = async (format: string) => {
      const { port } = new URL(demo.relay.url);
      const { stdout } = await promisify(execFile)(
        command,
        [...args, port, await demo.tokenFor('ada'), format, ...QUERIES],
        { env: { ...process.env, NO_PROXY: '127.0.0.1' }, maxBuffer: 1 << 26 },
      );
      return stdout.split('\n');
    };
    const inArrow = await read('ARROW');
    expect(inArrow).toEqual(await read('JSON'));
    expect(inArrow.join()).toMatch(/200000 rows, -?\d+,$/);
  });
});
