import { type ApprovalId, summarise, viewOf } from '../../approval/index.ts';
import type { Router } from '../router/index.ts';
import type { ApiParts } from './parts.ts';

/** Requests for approval: list, read, decide. */
export async function approvalRoutes(router: Router, { approvals, live, now }: ApiParts): Promise<void> {
  await router.serve('approvals', {
    async list({ by, query: { state, before, limit } }) {
      // Taken first: what changes while the list is read comes again over the live channel.
      const cursor = live.approvalsCursor(by);
      const asked = before === undefined ? now() + 1 : Date.parse(before);
      const found =
        state === 'pending' ? await approvals.pending(by) : await approvals.ended(by, asked, limit);
      return { status: 200, body: { version: 1, cursor, approvals: found.map(summarise) } };
    },
    async read({ by, params: { id } }) {
      const approval = await approvals.find(by, id as ApprovalId);
      const similar = await approvals.similarTo(by, approval);
      return { status: 200, body: viewOf(approval, { viewer: by, now: now(), similar }) };
    },
    async decide({ by, params: { id }, body }) {
      const { version: _, ...answer } = body;
      return { status: 200, body: summarise(await approvals.decide(by, id as ApprovalId, answer)) };
    },
  });
}
