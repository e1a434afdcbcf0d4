import { atOnce, enrol, enrolment, statement, type UserAttack } from './attack.ts';

/** Tries to fill the record. */
export const fills: readonly UserAttack[] = [
  {
    what: 'asks for a thousand addresses that there are not',
    most: 30,
    run: ({ call }) => atOnce(300, (index) => call('GET', `/api/no-such-${index}`)),
  },
  {
    what: 'sends three hundred bodies that are none',
    most: 30,
    run: ({ call }) => atOnce(300, () => call('POST', '/api/statements', '{')),
  },
  {
    what: 'asks three hundred times for what it may not have',
    most: 60,
    run: ({ call, victim }) => atOnce(300, () => call('GET', `/api/sessions/${victim.session}/events`)),
  },
  {
    what: 'searches three hundred times, which it may not',
    most: 60,
    run: ({ call, deciding }) =>
      atOnce(300, (index) => call('GET', `/api/sessions/search?text=w${index}`, undefined, deciding)),
  },
  {
    what: 'sends two hundred tokens that are none',
    most: 30,
    run: ({ call }) => atOnce(200, (index) => call('GET', '/api/approvals', undefined, `x.y.${index}`)),
  },
  {
    what: 'signs in a hundred times at once',
    most: 250,
    run: ({ wire }) =>
      atOnce(100, (index) => wire('/session/heartbeat', {}, { CLIENT_APP_ID: `program-${index}` })),
  },
  {
    what: 'enrols a hundred devices at once',
    most: 60,
    run: (world) => atOnce(100, () => enrol(world, enrolment(world.ids.own))),
  },
  {
    what: 'sends one text of eight megabytes',
    run: ({ call }) =>
      call('POST', '/api/statements', statement({ sql: `SELECT '${'x'.repeat(8 * 1024 * 1024)}'` })).then(
        (answer) => [answer],
      ),
  },
];
