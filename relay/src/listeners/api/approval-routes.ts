import { approvalDecision } from '@sluice/contract';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ApprovalId, summarise, viewOf } from '../../approval/index.ts';
import { identityOf } from './identify.ts';
import type { ApiParts } from './parts.ts';
import { read, readId } from './read.ts';

const listQuery = z.strictObject({
  state: z.enum(['pending', 'ended']).default('pending'),
  before: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Requests for approval: list, read, decide. */
export function approvalRoutes(app: FastifyInstance, { approvals, live, now }: ApiParts): void {
  app.get('/approvals', async (request) => {
    const viewer = identityOf(request);
    const { state, before, limit } = read(listQuery, request.query);
    // Taken first: what changes while the list is read comes again over the live channel.
    const cursor = live.cursor();
    const asked = before === undefined ? now() + 1 : Date.parse(before);
    const found =
      state === 'pending' ? await approvals.pending(viewer) : await approvals.ended(viewer, asked, limit);
    return { version: 1, cursor, approvals: found.map(summarise) };
  });

  app.get('/approvals/:id', async (request) => {
    const viewer = identityOf(request);
    const approval = await approvals.find(viewer, readId(request.params) as ApprovalId);
    const similar = await approvals.similarTo(viewer, approval);
    return viewOf(approval, { viewer, now: now(), similar });
  });

  app.post('/approvals/:id/decision', async (request) => {
    const { version: _, ...answer } = read(approvalDecision, request.body);
    const id = readId(request.params) as ApprovalId;
    return summarise(await approvals.decide(identityOf(request), id, answer));
  });
}
