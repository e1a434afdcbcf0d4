import { randomUUID } from 'node:crypto';
import { each, type UserAttack } from './attack.ts';

/** Tries to change what is another’s. */
export const changes: readonly UserAttack[] = [
  {
    what: 'cancels another’s statements, in each protocol',
    run: async ({ call, wire, victim }) => [
      await call('DELETE', `/api/statements/${victim.held}`),
      await call('POST', `/api/v2/statements/${victim.held}/cancel`, {}),
      await wire(`/queries/v1/abort-request?requestId=${randomUUID()}`, { requestId: victim.requestId }),
      await wire(`/queries/${victim.held}/abort-request`, {}),
    ],
  },
  {
    what: 'decides on another’s request, without being asked',
    refused: true,
    run: ({ call, victim, deciding, token }) =>
      each([token, deciding], (by) =>
        call(
          'POST',
          `/api/approvals/${victim.held}/decision`,
          { version: 1, verdict: 'deny', binding: victim.binding, comment: 'no' },
          by,
        ),
      ),
  },
  {
    what: 'withdraws another’s request for access, and their grants',
    refused: true,
    run: ({ call, victim }) =>
      each(['access-requests', 'grants'], (what) => call('DELETE', `/api/${what}/${victim.held}`)),
  },
  {
    what: 'places and releases holds',
    refused: true,
    run: ({ call, victim, ids, deciding }) =>
      each(['/api/holds', '/api/holds/releases'], (path) =>
        call('POST', path, { of: { sessions: [victim.session] }, reason: 'mine' }, deciding),
      ).then(async (first) => [
        ...first,
        await call('POST', '/api/holds', { of: { person: ids.victims }, reason: 'mine' }, deciding),
      ]),
  },
  {
    what: 'runs retention, repairs enrolments, takes checkpoints, revokes people',
    refused: true,
    run: ({ call, ids, deciding }) =>
      each(
        [
          ['/api/retention/runs', { reason: 'mine' }],
          ['/api/devices/repairs', { reason: 'mine' }],
          ['/api/checkpoints', {}],
          ['/api/revocations', { target: { type: 'subject', identity: ids.victims }, reason: 'mine' }],
          [
            '/api/revocations',
            { target: { type: 'issued_before', before: 9_999_999_999, identity: null }, reason: 'mine' },
          ],
        ] as const,
        ([path, body]) => call('POST', path, body, deciding),
      ),
  },
  {
    what: 'closes reviews that there may be',
    refused: true,
    run: ({ call, victim, deciding }) =>
      call('POST', `/api/reviews/${victim.held}/close`, { comment: 'fine' }, deciding).then((answer) => [
        answer,
      ]),
  },
  {
    what: 'hands in cosignatures of a checkpoint that is none',
    refused: true,
    run: ({ call, log, deciding }) =>
      each(
        [
          `sluice/log/${log}\n5\n${Buffer.alloc(32).toString('base64')}\nat 2026-01-01T00:00:00.000Z\n\n— x AAAAAAAA\n`,
          '',
          'x'.repeat(2_000),
        ],
        (note) => call('POST', '/api/checkpoints/cosignatures', { note, checkpoint: note }, deciding),
      ),
  },
  {
    what: 'asks for proofs of sizes that there are not',
    run: ({ call }) =>
      each(['0', '-1', '99999999', '9007199254740993', 'x', '1e3'], (size) =>
        call('GET', `/api/checkpoints/${size}/proof?from=${size}`),
      ),
  },
  {
    what: 'signs somebody else out, and ends sessions that are not theirs',
    run: async ({ call, wire, victim, deciding }) => [
      await call('POST', '/api/people/self/sign-out', { session: victim.session }, deciding),
      await wire(`/session?delete=true&sessionId=${victim.session}`, {}),
    ],
  },
];
