import type { DeviceRequestView, DeviceView } from '@sluice/contract';
import { type Device, type DeviceRequest, fingerprintOf, summaryOf } from '../../approval/index.ts';
import type { Router } from '../router/index.ts';
import { mustBeOneOf } from './must-be-one-of.ts';
import type { ApiParts } from './parts.ts';

/** The devices that people sign decisions on: one's own, and others' that need somebody's word. */
export async function deviceRoutes(
  router: Router,
  { devices, enrolmentRepair, groups }: ApiParts,
): Promise<void> {
  await router.serve('devices', {
    async list({ by }) {
      return { status: 200, body: { version: 1, devices: (await devices.list(by)).map(viewOfDevice) } };
    },
    async enrol({ by, body }) {
      const enrolled = await devices.enrol(by, body);
      return enrolled.outcome === 'enrolled'
        ? { status: 201, body: viewOfDevice(enrolled.device) }
        : { status: 202, body: viewOfRequest(enrolled.request) };
    },
    async revoke({ by, body: { key } }) {
      await devices.revoke(by, key);
      return { status: 204 };
    },
    async requests({ by }) {
      const requests = (await devices.requests(by)).map(viewOfRequest);
      return { status: 200, body: { version: 1, requests } };
    },
    async vouch({ by, params: { id }, body: { comment } }) {
      return { status: 201, body: viewOfDevice(await devices.vouch(by, id, comment)) };
    },
    async repair({ by, body: { reason, dryRun } }) {
      mustBeOneOf(by, groups.recordKeepers, 'only record keepers repair what is on the record');
      const spoilt = dryRun
        ? await enrolmentRepair.preview()
        : await enrolmentRepair.repair({ by: summaryOf(by), reason });
      const enrolments = spoilt.map(({ seq, key, identity, name }) => ({ seq, key, identity, name }));
      return { status: 200, body: { version: 1, enrolments } };
    },
  });
}

function viewOfDevice({ key, name, enrolledAt, revokedAt }: Device): DeviceView {
  return {
    key,
    name,
    enrolledAt: new Date(enrolledAt).toISOString(),
    revokedAt: revokedAt === null ? null : new Date(revokedAt).toISOString(),
  };
}

function viewOfRequest({ id, owner, enrolment, askedAt }: DeviceRequest): DeviceRequestView {
  return {
    id,
    owner: summaryOf(owner),
    key: enrolment.key,
    name: enrolment.name,
    fingerprint: fingerprintOf(enrolment.key),
    askedAt: new Date(askedAt).toISOString(),
  };
}
