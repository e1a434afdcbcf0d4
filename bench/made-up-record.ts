import type { EventBody, IdentitySummary } from '@sluice/contract';

/** What a made-up record holds next. */
export interface MadeUpEvent {
  readonly session: string;
  readonly body: EventBody;
}

export interface MadeUpOptions {
  /** The same seed makes the same events. */
  readonly seed: number;
  readonly newId: () => string;
  /** Addresses of payloads that are on the record; results name them. */
  readonly payloads: readonly string[];
}

/**
 * Events as a busy team leaves them, without end: few people, objects and sessions with very many events and many with
 * few, short statements and long ones. Every statement reads the table `EVERYWHERE`; half of the statements hold the
 * word `HALF`, the others the word `OTHER_HALF`, so that both together are found nowhere; the word `ONCE` and the rule
 * `RARE_RULE` are in the oldest statements only.
 */
export function* madeUpEvents({ seed, newId, payloads }: MadeUpOptions): Generator<MadeUpEvent, never> {
  const random = randomOf(seed);
  const upTo = (below: number) => Math.floor(random() * below);
  /** One of `count`, the first ones far more often. */
  const oneOf = (count: number) => Math.floor(count ** random()) - 1;
  let made = 0;

  const statement = (): EventBody[] => {
    made += 1;
    const id = newId();
    const table = tableOf(oneOf(TABLES));
    const sql = sqlOf({ number: made, table, length: lengthOf(random()), upTo });
    const isOld = made <= RARE;
    const rule = isOld ? RARE_RULE : (RULES[oneOf(RULES.length)] ?? RULES[0]!);
    const before: EventBody[] = [
      {
        type: 'statement',
        statement: id,
        requestId: newId(),
        sql: isOld ? `${sql} -- ${ONCE}` : sql,
        binds: null,
        state: { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' },
        describeOnly: false,
      },
      {
        type: 'understanding',
        statement: id,
        understood: true,
        kind: { family: 'query', name: 'SELECT' },
        objects: [...new Set([EVERYWHERE, table])].map((name) => ({ type: 'table', name, access: 'read' })),
        outputs: COLUMNS.map((name) => ({ name, sources: [`${table}.${name}`], unresolved: false })),
        problem: null,
      },
      {
        type: 'decision',
        statement: id,
        effect: 'mask',
        rule,
        reason: 'analysts read customers masked',
        sentence: 'Analysts may read customers with personal data masked.',
        range: { start: 0, end: 6 },
        policyVersion: 'bench',
        masks: [{ output: 1, method: 'redact', because: 'pii' }],
      },
      { type: 'executed', statement: id },
    ];
    if (random() < FAILING)
      return [
        ...before,
        { type: 'error', statement: id, code: 'warehouse_error', message: 'the warehouse refused it' },
      ];
    const payload = random() < KEPT ? payloads[upTo(payloads.length)] : undefined;
    return [
      ...before,
      {
        type: 'result',
        statement: id,
        columns: COLUMNS.map((name) => ({ name, type: 'text', masked: name === 'EMAIL' })),
        rows: upTo(1_000),
        bytes: upTo(100_000),
        complete: true,
        payloads: payload === undefined ? [] : [payload],
        recordedRows: payload === undefined ? 0 : 10,
      },
    ];
  };

  const open = (lasts: number): { session: string; left: number; person: IdentitySummary } => {
    const name = `person-${oneOf(PEOPLE)}`;
    const issuer = 'https://issuer.example';
    const person = { id: `${issuer}|${name}`, issuer, subject: name, name, groups: ['analysts'] };
    return { session: newId(), left: lasts, person: { ...person, kind: 'person' } };
  };
  const openedBy = (person: IdentitySummary): EventBody => ({
    type: 'opened',
    identity: person,
    client: {
      application: 'JavaScript',
      version: '2.0.0',
      protocol: 'snowflake',
      address: '10.0.0.7',
      agent: upTo(2) === 0 ? 'copilot' : null,
    },
    state: { database: 'SHOP', schema: 'PUBLIC', warehouse: null, role: 'ANALYST' },
  });

  const places = Array.from({ length: AT_ONCE }, (_, place) => open(place < ENDLESS ? Infinity : 1));
  for (const { session, person } of places) yield { session, body: openedBy(person) };
  for (;;) {
    const at = random() < OF_THE_ENDLESS ? upTo(ENDLESS) : upTo(AT_ONCE);
    const place = places[at]!;
    const { session } = place;
    if (random() < PROMPTED)
      yield { session, body: { type: 'prompt', text: `who bought what, number ${made}?`, source: 'mcp' } };
    for (const body of statement()) yield { session, body };
    place.left -= 1;
    if (place.left > 0) continue;
    yield { session, body: { type: 'closed', how: 'client' } };
    const next = open(Math.min(LONGEST_SESSION, Math.floor(random() ** -0.8)));
    places[at] = next;
    yield { session: next.session, body: openedBy(next.person) };
  }
}

export const EVERYWHERE = 'SHOP.PUBLIC.CUSTOMERS';
export const HALF = 'odd_half';
export const OTHER_HALF = 'even_half';
export const ONCE = 'needle';
export const RARE_RULE = 'written-by-hand';
export const PERSON_WITH_MOST = 'https://issuer.example|person-0';

const RULES = ['analysts-read-masked', 'owners-read', 'deletes-need-a-person', 'exports-need-a-person'];
const COLUMNS = ['ID', 'EMAIL', 'CARD'];
const PEOPLE = 2_000;
const TABLES = 5_000;
/** Statements, from the first on. */
const RARE = 20;
/** Sessions that are open at a time. */
const AT_ONCE = 60;
/** Of these, what runs for ever and has this much of all statements. */
const ENDLESS = 3;
const OF_THE_ENDLESS = 0.1;
/** Statements. In a year with a million events, such a session is open for some weeks, and most others for some hours. */
const LONGEST_SESSION = 300;
/** Of statements. */
const PROMPTED = 0.05;
const FAILING = 0.03;
const KEPT = 0.1;

function tableOf(number: number): string {
  return number === 0 ? EVERYWHERE : `SHOP.S${number % 20}.TABLE_${number}`;
}

/** Characters. */
function lengthOf(chance: number): number {
  if (chance < 0.00005) return 200_000;
  if (chance < 0.005) return 8_000;
  return chance < 0.1 ? 800 : 0;
}

function sqlOf(of: {
  readonly number: number;
  readonly table: string;
  readonly length: number;
  readonly upTo: (below: number) => number;
}): string {
  const { number, table, length, upTo } = of;
  const half = number % 2 === 0 ? OTHER_HALF : HALF;
  const filters = [`t.${half} = ${upTo(100_000)}`, `t.country = '${COUNTRIES[upTo(COUNTRIES.length)]}'`];
  for (let written = 0; written < length; written += 32)
    filters.push(`t.c${upTo(200)} <> 'v${upTo(1_000_000)}'`);
  return `select c.id, c.email, c.card from ${EVERYWHERE} c join ${table} t on t.id = c.id where ${filters.join(' and ')} order by id limit 100`;
}

const COUNTRIES = ['CH', 'DE', 'FR', 'IT', 'AT', 'US', 'GB', 'NL', 'SE', 'JP'];

/** Mulberry32: small, fast, and good enough for made-up data. From 0 to below 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
