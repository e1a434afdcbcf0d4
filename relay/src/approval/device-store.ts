import type { Kysely, Transaction } from 'kysely';
import { type Identity, sameAccount } from '../identity/index.ts';
import type { Enrolment } from './devices.ts';
import type { ApprovalTables } from './migrations.ts';

/** An enrolment that waits for somebody else's word. */
export interface DeviceRequest {
  readonly id: string;
  readonly owner: Identity;
  readonly enrolment: Enrolment;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

export type DeviceRow = ApprovalTables['approver_device'];

/** Devices and requests for them on disk. What changes is written beside its event, in one transaction. */
export function deviceStore(database: Kysely<unknown>) {
  const db = database as Kysely<ApprovalTables>;
  const within = (transaction: Transaction<unknown>) =>
    transaction as Kysely<unknown> as Kysely<ApprovalTables>;

  return {
    /** All that go by the owner's id, in any spelling: whether there was a device before is asked of a person. */
    async ofPerson({ id }: Identity): Promise<readonly DeviceRow[]> {
      return await db
        .selectFrom('approver_device')
        .selectAll()
        .where('identity', '=', id)
        .orderBy('enrolled_at', 'desc')
        .execute();
    },
    /** Those of this very account. */
    async ofAccount(owner: Identity): Promise<readonly DeviceRow[]> {
      const { issuer } = owner;
      return (await this.ofPerson(owner)).filter(({ subject }) => sameAccount({ issuer, subject }, owner));
    },
    async isTaken(key: string): Promise<boolean> {
      const found = await db.selectFrom('approver_device').select('key').where('key', '=', key).execute();
      return found.length > 0;
    },
    async requests(): Promise<readonly DeviceRequest[]> {
      const rows = await db.selectFrom('device_request').select('content').orderBy('asked_at').execute();
      return rows.map(({ content }) => JSON.parse(content) as DeviceRequest);
    },
    async forgetRequests(before: number): Promise<void> {
      await db.deleteFrom('device_request').where('asked_at', '<', before).execute();
    },
    addRequest: (request: DeviceRequest) => async (transaction: Transaction<unknown>) => {
      const { id, askedAt } = request;
      await within(transaction)
        .insertInto('device_request')
        .values({ id, asked_at: askedAt, content: JSON.stringify(request) })
        .execute();
    },
    /** @param request that it answers, and that is thereby gone. */
    add: (row: DeviceRow, request: string | null) => async (transaction: Transaction<unknown>) => {
      await within(transaction).insertInto('approver_device').values(row).execute();
      if (request === null) return;
      await within(transaction).deleteFrom('device_request').where('id', '=', request).execute();
    },
    revoke: (key: string, at: number) => async (transaction: Transaction<unknown>) => {
      await within(transaction)
        .updateTable('approver_device')
        .set({ revoked_at: at })
        .where('key', '=', key)
        .execute();
    },
  };
}
