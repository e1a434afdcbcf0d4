import { nameOf, type Route, type RouteGroup, ROUTES } from '@sluice/contract';
import { answersFor, askRoute, type Row } from './asking.ts';
import type { ContractRow } from './contract-row.ts';
import { consoleRows } from './console-rows.ts';
import { contractRows } from './contract-rows.ts';
import { driverRows } from './driver-rows.ts';
import { liveRows } from './live-rows.ts';

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
  ...consoleRows,

  // Not routes of fastify's: an upgrade, and what is subscribed to after it.
  ...liveRows,
};
