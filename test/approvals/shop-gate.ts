import { openShop } from '@sluice/demo';
import { parseRows } from '../../relay/src/encoding/index.ts';
import type { SluiceError } from '../../relay/src/errors.ts';
import { approvalView } from '@sluice/contract';
import { type Approval, viewOf } from '../../relay/src/approval/index.ts';
import { NINE, owners } from '../../relay/src/approval/testing.ts';
import type { StatementRequest } from '../../relay/src/gate.ts';
import type { WarehouseSession } from '@sluice/relay/warehouse';
import { executable } from '../../relay/src/warehouse/embedded/testing.ts';
import { type GateOptions, startGate } from '../support/in-memory-gate.ts';

/** Everybody has a scratch place; the shop's own rows change when an owner agrees, who may grant like changes. */
const POLICY = `
version: 1
tags: { pii.email: ['*.*.*.EMAIL'], pii.iban: ['*.*.*.IBAN'] }
masks: { tags: { pii.email: { method: token }, pii.iban: { method: redact } } }
defaults: { flows: ask, uses: ask, approvers: owners }
approvers:
  owners: { groups: [owners], expires_after: 1h, valid_for: 10m, grant_up_to: 1h, grant_rows: 50, access_up_to: 4h }
rules:
  - name: read
    effect: allow
    when:
      kinds: [query, execute_immediate, set, unset, show, describe, use_schema, use_database, alter_session, begin, commit, rollback, explain]
      objects: [{ access: [read, use, describe], names: ['SHOP.*.*', 'SHOP.*', SHOP] }]
  - name: scratch
    effect: allow
    when:
      kinds: [query, dml, create_table, create_view, alter_table, drop_table, drop_view]
      objects: [{ names: ['SHOP.SCRATCH.*'] }, { access: [read], names: ['SHOP.*.*'] }]
  - name: change
    effect: ask
    reason: an owner agrees first
    when: { kinds: [dml, execute_immediate, block], objects: [{ access: [write], names: ['SHOP.PUBLIC.*'] }] }
    approvers: owners
`;

export type ShopGate = Awaited<ReturnType<typeof startShopGate>>;

/** The real gate on the embedded warehouse, with one requester, whose approver does as told. */
export async function startShopGate(
  options: Omit<GateOptions, 'policy'> & { customers?: number; accessUpTo?: null } = {},
) {
  const { customers = 20, ...more } = options;
  const warehouse = options.warehouse ?? (await openShop({ customers }));
  const policy = options.accessUpTo === null ? POLICY.replace(', access_up_to: 4h', '') : POLICY;
  const world = await startGate('', { ...more, warehouse, policy });
  const behind = await warehouse.openSession(warehouse.defaults);
  const [olga] = owners;

  const approvalOf = async (id: string) => await world.approvals.find(olga, id as Approval['id']);
  return {
    ...world,
    olga,
    shop: warehouse,
    /** Past the gate: what is there, whoever may see it. */
    see: async (sql: string) => await rowsOf(behind, sql),
    /** What the approver is shown, as it is sent; with the estimate, once that is there. */
    async view(id: string) {
      for (;;) {
        const approval = await approvalOf(id);
        if (approval.estimate !== null || approval.state.phase !== 'asked')
          return approvalView.options[0].parse(viewOf(approval, { viewer: olga, now: NINE, similar: [] }));
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
    },
    /** Sends one statement: whether anybody was asked, and how it ended. Who is asked denies, unless told otherwise. */
    async send(
      request: StatementRequest | string,
      held: (id: string, time: number) => unknown = (id) => world.decide(id, 'deny'),
    ) {
      const given = typeof request === 'string' ? world.request(request) : request;
      let asked = 0;
      const end = await world
        .run(given, (id) => {
          asked += 1;
          return held(id, asked);
        })
        .then(
          ({ rows }) => ({ end: 'rows', rows }),
          (error: SluiceError) => ({ end: error.code, rows: [] as (readonly (string | null)[])[] }),
        );
      return { ...end, asked };
    },
    async close() {
      await behind.close();
      await world.close();
      if (options.warehouse === undefined) await warehouse.close();
    },
  };
}

async function rowsOf(session: WarehouseSession, sql: string): Promise<(readonly (string | null)[])[]> {
  const statement = await executable(session, sql);
  const { chunks } = await session.execute(statement, new AbortController().signal);
  const rows: (readonly (string | null)[])[] = [];
  for await (const chunk of chunks) rows.push(...parseRows(await chunk.open()));
  return rows;
}
