import { encodeRows, parseRows } from '../relay/src/encoding/index.ts';
import { compileMasks, type DetectorName, type MaskingPolicy } from '../relay/src/masking/index.ts';
import type { ResultColumn } from '../relay/src/warehouse/index.ts';
import type { Report } from './benchmark.ts';

/**
 * How often each content detector takes a random id, in which nobody's data is, for its own: a fraction of
 * the ids. And what masking costs, in nanoseconds a cell. docs/masking.md quotes it.
 */
export async function detectors(): Promise<Report> {
  const figures: Record<string, number> = {};
  for (const [kind, make] of Object.entries(ids)) {
    const values = sample(make, IDS);
    for (const name of names) {
      const hits = await countChanged(values, { method: 'detect', detectors: [name] });
      figures[`falsePositives_${name}_${kind}`] = hits / IDS;
    }
  }
  const tickets = sample(
    () => `Where is parcel ${digits(10)}? My order was ${digits(6)}, thanks, ${uuid()}`,
    50_000,
  );
  for (const [name, policy] of Object.entries(costs)) {
    const start = performance.now();
    await countChanged(tickets, policy);
    figures[`nsPerCell_${name}`] = Math.round(((performance.now() - start) / tickets.length) * 1e6);
  }
  return { name: 'detectors', figures, ratios: {} };
}

const IDS = 100_000;
const names: readonly DetectorName[] = [
  'card_number',
  'us_ssn',
  'iban',
  'email',
  'phone',
  'national_id',
  'secret_key',
  'jwt',
];

const costs: Readonly<Record<string, MaskingPolicy>> = {
  redact: { method: 'redact' },
  partial: { method: 'partial', keepFirst: 0, keepLast: 4 },
  token: { method: 'token', domain: 'bench' },
  everyDetector: { method: 'detect', detectors: names },
};

/** What databases number their rows with. */
const ids: Readonly<Record<string, () => string>> = {
  digits8: () => digits(8),
  digits9: () => digits(9),
  digits10: () => digits(10),
  digits11: () => digits(11),
  digits12: () => digits(12),
  digits16: () => digits(16),
  digits19: () => digits(19),
  dashed3_2_4: () => `${digits(3)}-${digits(2)}-${digits(4)}`,
  uuid,
  hex40: () => hex(40),
  base36_22: () => pick('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 22),
  letters2digits6letter: () =>
    `${pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 2)}${digits(6)}${pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1)}`,
  digits8letter: () => `${digits(8)}${pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1)}`,
  timestamp: () => new Date(1.7e12 + random() * 1e11).toISOString(),
  amount: () => `${digits(5)}.${digits(2)}`,
};

async function countChanged(values: readonly string[], policy: MaskingPolicy): Promise<number> {
  const column: ResultColumn = {
    name: 'ID',
    type: 'text',
    nullable: false,
    precision: null,
    scale: null,
    length: 16_777_216,
  };
  const rows = values.map((value) => [value]);
  const plan = { encoding: 'json', columns: [column], masks: [{ output: 0, policy }] } as const;
  const mask = await compileMasks(plan, { token: new Uint8Array(32) });
  const masked = parseRows(mask(encodeRows(rows), rows.length));
  return masked.filter(([cell], index) => cell !== values[index]).length;
}

function sample(make: () => string, count: number): readonly string[] {
  return Array.from({ length: count }, make);
}

function digits(count: number): string {
  return pick('0123456789', count);
}

function hex(count: number): string {
  return pick('0123456789abcdef', count);
}

function uuid(): string {
  return [8, 4, 4, 4, 12].map(hex).join('-');
}

function pick(alphabet: string, count: number): string {
  let text = '';
  for (let index = 0; index < count; index += 1) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}

/** The same ids in every run: a linear congruential generator (Numerical Recipes), its high bits. */
let state = 20_261_120;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
