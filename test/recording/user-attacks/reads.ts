import { each, statement, type UserAttack } from './attack.ts';

/** Tries others’ sessions, results and requests. */
export const reads: readonly UserAttack[] = [
  {
    what: 'lists everybody’s sessions, or those of another by every filter',
    run: ({ call, ids, deciding }) =>
      each(
        [
          '',
          `?person=${encodeURIComponent(ids.victims)}`,
          '?name=Ada',
          '?name=%25',
          '?agent=%27%20OR%201%3D1',
          '?effect=ask',
        ],
        (query) => call('GET', `/api/sessions${query}`, undefined, deciding),
      ),
  },
  {
    what: 'lists sessions by a cursor of their own making',
    run: ({ call, victim }) =>
      each(
        [
          victim.session,
          Buffer.from(JSON.stringify({ session: victim.session })).toString('base64url'),
          '../../x',
          '%00',
        ],
        (cursor) => call('GET', `/api/sessions?cursor=${encodeURIComponent(cursor)}`),
      ),
  },
  {
    what: 'reads another’s session, however its id is written',
    refused: true,
    run: ({ call, victim: { session }, token, deciding }) =>
      each([token, deciding], (by) => call('GET', `/api/sessions/${session}/events`, undefined, by)).then(
        async (first) => [
          ...first,
          ...(await each([session.toUpperCase(), `${session}%00`, `%2e%2e/${session}`, `${session}/`], (id) =>
            call('GET', `/api/sessions/${id}/events?after=-1`),
          )),
        ],
      ),
  },
  {
    what: 'reads payloads of another’s session',
    refused: true,
    run: ({ call, victim }) =>
      each([0, 1, 2, 3, 4, 5, 6, 7, 8], (seq) =>
        call('GET', `/api/sessions/${victim.session}/events/${seq}/payloads/0`),
      ),
  },
  {
    what: 'exports another’s session, and the relay’s own',
    refused: true,
    run: ({ call, victim, log, deciding }) =>
      each([victim.session, log], (id) => call('GET', `/api/sessions/${id}/export`, undefined, deciding)),
  },
  {
    what: 'reads the relay’s own session',
    refused: true,
    run: ({ call, log, deciding, token }) =>
      each([token, deciding], (by) => call('GET', `/api/sessions/${log}/events`, undefined, by)),
  },
  {
    what: 'searches everybody’s texts, by words, an object, a rule, a person',
    refused: true,
    run: ({ call, ids, deciding }) =>
      each(
        [
          'text=marked',
          'object=SHOP.PUBLIC.ORDERS',
          'rule=x',
          `person=${encodeURIComponent(ids.victims)}`,
          'limit=200',
        ],
        (query) => call('GET', `/api/sessions/search?${query}`, undefined, deciding),
      ),
  },
  {
    what: 'fetches another’s statement and its rows',
    refused: true,
    run: ({ call, victim }) =>
      each(
        [
          `/api/statements/${victim.statement}`,
          `/api/statements/${victim.held}`,
          `/api/v2/statements/${victim.statement}`,
        ],
        (path) => call('GET', path),
      ),
  },
  {
    what: 'fetches another’s result by the driver protocol',
    run: ({ wire, victim }) =>
      each(
        [
          `/queries/${victim.statement}/result`,
          `/monitoring/queries/${victim.statement}`,
          `/queries/${victim.held}/result`,
        ],
        (path) => wire(path),
      ),
  },
  {
    what: 'asks for another’s rows by RESULT_SCAN of their query’s id',
    run: ({ call, victim }) =>
      call(
        'POST',
        '/api/statements',
        statement({ sql: `SELECT * FROM TABLE(RESULT_SCAN('${victim.statement}'))` }),
      ).then((answer) => [answer]),
  },
  {
    what: 'looks at another’s request, and at all that wait',
    run: ({ call, victim, deciding }) =>
      each(
        [
          '/api/approvals',
          `/api/approvals/${victim.held}`,
          '/api/approvals?state=closed',
          '/api/grants',
          '/api/reviews',
          '/api/devices/requests',
        ],
        (path) => call('GET', path, undefined, deciding),
      ),
  },
  {
    what: 'looks over people, policy, holds and retention',
    run: ({ call, deciding }) =>
      each(
        [
          '/api/people',
          '/api/holds',
          '/api/retention',
          '/api/retention/preview',
          '/api/revocations',
          '/api/overview',
          '/metrics',
        ],
        (path) => call('GET', path, undefined, deciding),
      ),
  },
  {
    what: 'asks what others may read, and tries statements as them',
    refused: true,
    run: ({ call, ids, deciding }) =>
      each(['/api/people/reach', '/api/people/readers', '/api/people/trials'], (path) =>
        call('POST', path, { version: 1, person: ids.victims, sql: 'SELECT 1' }, deciding),
      ),
  },
];
