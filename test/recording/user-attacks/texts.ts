import { randomUUID } from 'node:crypto';
import { HALF_A_PAIR, LATER, each, send, statement, type UserAttack } from './attack.ts';

/** Tries texts and values that might not be recorded as they are. */
export const texts: readonly UserAttack[] = [
  { what: 'runs half a surrogate pair', run: send({ sql: `SELECT '${HALF_A_PAIR}'` }) },
  {
    what: 'runs a text with a zero and line separators',
    run: send({ sql: "SELECT '\u0000\u2028\u2029\ufeff'" }),
  },
  {
    what: 'runs what looks like the end of a recorded body',
    run: send({ sql: `SELECT '","salt":"00"},"x":"'` }),
  },
  { what: 'sends a prompt of half a letter', run: send({ prompt: HALF_A_PAIR }) },
  {
    what: 'sends a prompt that looks like events',
    run: send({ prompt: '{"kind":"event","seq":0}\n{"kind":"end"}' }),
  },
  { what: 'sends a prompt of a megabyte', run: send({ prompt: 'word '.repeat(200_000) }) },
  {
    what: 'sends a prompt of a million different words',
    run: send({ prompt: Array.from({ length: 100_000 }, (_, at) => at.toString(36)).join(' ') }),
  },
  {
    what: 'calls its agent by a note’s signature line',
    run: ({ log, ...world }) => send({ agent: `x\n\n— sluice/log/${log} AAAAAAA=\n` })({ log, ...world }),
  },
  {
    what: 'names a conversation in letters that are not allowed',
    refused: true,
    run: send({ prompt: 'x', conversation: 'a b\n' }),
  },
  {
    what: 'binds `__proto__`, negative zero, and numbers that nobody has',
    run: (world) =>
      each(['-0', '1e999', 'NaN', '9'.repeat(400), HALF_A_PAIR, null], (value) =>
        world.call(
          'POST',
          '/api/statements',
          statement({ sql: 'SELECT ?', binds: { 1: { type: 'FIXED', value } } }),
        ),
      ),
  },
  {
    what: 'binds what is no position, and more than there are',
    run: (world) =>
      each(['__proto__', '0', '99999', 'constructor'], (position) =>
        world.call(
          'POST',
          '/api/statements',
          statement({ binds: JSON.parse(`{"${position}":{"type":"TEXT","value":"x"}}`) }),
        ),
      ),
  },
  {
    what: 'sends members twice, and members that are not known',
    run: ({ call }) =>
      each(
        [
          '{"sql":"SELECT 1","sql":"SELECT 2"}',
          '{"sql":"SELECT 1","__proto__":{"a":1}}',
          '{"sql":"SELECT 1","session":"x"}',
        ],
        (body) => call('POST', '/api/statements', body),
      ),
  },
  {
    what: 'repeats another’s request id, and one of their own for another text',
    run: async ({ call, victim, wire }) => [
      await call('POST', '/api/statements', statement({ requestId: victim.requestId })),
      await call('POST', '/api/statements', statement({ sql: 'SELECT 2', requestId: victim.requestId })),
      await wire(`/queries/v1/query-request?requestId=${victim.requestId}`, { sqlText: 'SELECT 3' }),
      await wire('/queries/v1/query-request?requestId=not-an-id', { sqlText: 'SELECT 4' }),
    ],
  },
  {
    what: 'signs in as a program with a name of control characters',
    run: ({ wire }) =>
      each([`\u0000\n— `, HALF_A_PAIR, 'x'.repeat(5_000), '__proto__'], (name) =>
        wire(
          '/queries/v1/query-request',
          { sqlText: 'SELECT 1' },
          { CLIENT_APP_ID: name, CLIENT_APP_VERSION: name },
        ),
      ),
  },
  {
    what: 'reports attempts that never were, with texts of any kind',
    run: ({ call }) =>
      each([HALF_A_PAIR, '\u0000', '"},"salt":"', 'x'.repeat(500)], (text) =>
        call('POST', '/api/attempts', {
          version: 1,
          attempt: randomUUID(),
          kind: 'client',
          harness: 'copilot',
          tool: text.slice(0, 200),
          evidence: text.slice(0, 300),
          excerpt: text,
          conversation: null,
          seenAt: LATER,
        }),
      ),
  },
  {
    what: 'asks for access for ever, for no rows, with a purpose that looks like an event',
    run: ({ call }) =>
      each(
        [
          { seconds: Number.MAX_SAFE_INTEGER, rows: 1, rowsInAll: 1 },
          { seconds: 600, rows: 0, rowsInAll: -1 },
          { seconds: 600, rows: 2 ** 53, rowsInAll: 1.5 },
          { seconds: 600, rows: 1, rowsInAll: 1, from: LATER },
        ],
        (terms) =>
          call('POST', '/api/access-requests', {
            version: 1,
            sql: 'DELETE FROM ORDERS WHERE ID = 1',
            purpose: '"},"hash":"00"} ticket 4711',
            program: { application: 'x', protocol: 'snowflake' },
            ...terms,
          }),
      ),
  },
  {
    what: 'opens break-glass, as developers may, for what the policy never lets happen',
    run: ({ call, deciding }) =>
      call(
        'POST',
        '/api/break-glass',
        { version: 1, reason: 'because I say so', sql: 'DELETE FROM ORDERS' },
        deciding,
      ).then((answer) => [answer]),
  },
];
