import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type DeviceRequest, fingerprintOf, summaryOf } from '../../approval/index.ts';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { read, readId } from './read.ts';

const key = z.base64().max(200);
const signature = z.base64().max(200);
const enrolment = z.strictObject({
  key,
  name: z.string().min(1).max(100),
  at: z.iso.datetime({ precision: 3 }),
  proof: signature,
  vouchedBy: z.strictObject({ key, signature }).nullable(),
});
const word = z.strictObject({ comment: z.string().min(1).max(4_000) });

/** The devices that people sign decisions on: one's own, and others' that need somebody's word. */
export function deviceRoutes(app: FastifyInstance, { devices }: ApiParts): void {
  app.get('/devices', async (request) => ({
    version: 1,
    devices: await devices.list(identityOf(request)),
  }));

  /** 201 when it is enrolled, 202 when somebody else has to vouch for it. */
  app.post('/devices', async (request, reply) => {
    const enrolled = await devices.enrol(identityOf(request), read(enrolment, request.body));
    return enrolled.outcome === 'enrolled'
      ? reply.code(201).send(enrolled.device)
      : reply.code(202).send(viewOfRequest(enrolled.request));
  });

  app.post('/devices/revocations', async (request, reply) => {
    await devices.revoke(identityOf(request), read(z.strictObject({ key }), request.body).key);
    return reply.code(204).send();
  });

  app.get('/devices/requests', async (request) => ({
    version: 1,
    requests: (await devices.requests(identityOf(request))).map(viewOfRequest),
  }));

  app.post('/devices/requests/:id/word', async (request, reply) => {
    const { comment } = read(word, request.body);
    const device = await devices.vouch(identityOf(request), readId(request.params), comment);
    return reply.code(201).send(device);
  });
}

function viewOfRequest({ id, owner, enrolment, askedAt }: DeviceRequest) {
  return {
    id,
    owner: summaryOf(owner),
    key: enrolment.key,
    name: enrolment.name,
    /** To be compared with what the owner's device shows. */
    fingerprint: fingerprintOf(enrolment.key),
    askedAt: new Date(askedAt).toISOString(),
  };
}
