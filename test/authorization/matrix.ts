import { nameOf, type Route, type RouteGroup, ROUTES } from '@sluice/contract';
import { connectLive, hello } from '../support/start-api.ts';
import { answersFor, askRoute, type Row, signedIn } from './asking.ts';
import { type ContractRow, contractRows } from './contract-rows.ts';
import { driverRows } from './driver-rows.ts';

/** Every route of the relay. A route that is not here fails the test; so does a row whose route is gone. */
export const matrix: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(
    (Object.keys(ROUTES) as RouteGroup[]).flatMap((group) => {
      const rows: Readonly<Record<string, ContractRow<Route>>> = contractRows[group];
      return Object.entries<Route>(ROUTES[group]).map(([name, route]): [string, Row] => {
        const row = rows[name]!;
        const ask = row.ask ?? ((world, who, kind) => askRoute(route, row, world, who, kind));
        return [nameOf(route), { answers: answersFor(route.authority, row.answers), ask }];
      });
    }),
  ),
  ...driverRows,

  // Not a route of fastify's: an upgrade.
  'UPGRADE /api/live': {
    answers: answersFor('watch', { deciding: signedIn('nothing', { owner: 'yes', approver: 'yes' }) }),
    async ask(world, who, kind) {
      const client = await connectLive(world.url, hello(world.tokenOf(who, kind) ?? 'none'));
      const { type, ...first } = await client.until(({ type }) => type === 'welcome' || type === 'error');
      if (type === 'error') return 'code' in first ? first.code : '';
      const { approval } = await world.hold();
      client.socket.send(JSON.stringify({ type: 'ping' }));
      await client.until(({ type }) => type === 'pong');
      client.socket.close();
      const told = client.messages.some(
        (message) => message.type === 'approval' && message.approval.id === approval,
      );
      return told ? 'yes' : 'nothing';
    },
  },
};
