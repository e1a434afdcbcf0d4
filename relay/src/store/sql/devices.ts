import type { DeviceRequest, DevicesStore } from '../../approval/index.ts';
import type { IdentityId } from '../../identity/index.ts';
import type { Database } from '../connection.ts';

export function devicesOn(db: Database): DevicesStore {
  return {
    async ofPerson(identity) {
      const rows = await db
        .selectFrom('approver_device')
        .selectAll()
        .where('identity', '=', identity)
        .orderBy('enrolled_at', 'desc')
        .execute();
      return rows.map(({ identity, enrolled_at, enrolled_by, revoked_at, ...row }) => ({
        ...row,
        identity: identity as IdentityId,
        enrolledAt: enrolled_at,
        enrolledBy: enrolled_by,
        revokedAt: revoked_at,
      }));
    },
    async inUse(limit) {
      const rows = await db
        .selectFrom('approver_device')
        .select(['key', 'identity'])
        .where('revoked_at', 'is', null)
        .orderBy('enrolled_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ key, identity }) => ({ key, identity: identity as IdentityId }));
    },
    async isTaken(key) {
      const found = await db.selectFrom('approver_device').select('key').where('key', '=', key).execute();
      return found.length > 0;
    },
    async requests() {
      const rows = await db.selectFrom('device_request').select('content').orderBy('asked_at').execute();
      return rows.map(({ content }) => JSON.parse(content) as DeviceRequest);
    },
    async add({ enrolledAt, enrolledBy, revokedAt, ...device }) {
      await db
        .insertInto('approver_device')
        .values({ ...device, enrolled_at: enrolledAt, enrolled_by: enrolledBy, revoked_at: revokedAt })
        .execute();
    },
    async revoke(key, now) {
      await db.updateTable('approver_device').set({ revoked_at: now }).where('key', '=', key).execute();
    },
    async addRequest(request) {
      const { id, askedAt } = request;
      await db
        .insertInto('device_request')
        .values({ id, asked_at: askedAt, content: JSON.stringify(request) })
        .execute();
    },
    async removeRequest(id) {
      await db.deleteFrom('device_request').where('id', '=', id).execute();
    },
    async forgetRequests(before) {
      await db.deleteFrom('device_request').where('asked_at', '<', before).execute();
    },
  };
}
