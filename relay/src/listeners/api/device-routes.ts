import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { read } from './read.ts';

const key = z.base64().max(200);
const signature = z.base64().max(200);
const enrolment = z.strictObject({
  key,
  name: z.string().min(1).max(100),
  at: z.iso.datetime({ precision: 3 }),
  proof: signature,
  vouchedBy: z.strictObject({ key, signature }).nullable(),
});

/** The devices that somebody signs decisions on: their own only. */
export function deviceRoutes(app: FastifyInstance, { devices }: ApiParts): void {
  app.get('/devices', async (request) => ({
    version: 1,
    devices: await devices.list(identityOf(request)),
  }));

  app.post('/devices', async (request, reply) => {
    const device = await devices.enrol(identityOf(request), read(enrolment, request.body));
    return reply.code(201).send(device);
  });

  app.post('/devices/revocations', async (request, reply) => {
    await devices.revoke(identityOf(request), read(z.strictObject({ key }), request.body).key);
    return reply.code(204).send();
  });
}
