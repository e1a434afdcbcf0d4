import type { Approvals, ApprovalId } from '../../approval/index.ts';
import { summarise } from '../../approval/index.ts';
import type { Router } from '../router/index.ts';
import { explanationView } from './explanation-view.ts';
import type { StatementService } from './statement-service.ts';

/** Access that is asked for before it is needed, and taken back. Deciding on it is as of any request for approval. */
export async function registerAccess(
  router: Router,
  {
    statements,
    approvals,
  }: {
    readonly statements: Pick<StatementService, 'askAhead'>;
    readonly approvals: Pick<Approvals, 'withdraw'>;
  },
): Promise<void> {
  await router.serve('access', {
    async ask({ by, body, request, gone }) {
      const caller = { identity: by, address: request.ip, agent: body.agent };
      const asked = await statements.askAhead(caller, body, gone);
      return asked.outcome === 'asked'
        ? { status: 201, body: summarise(asked.approval) }
        : { status: 200, body: explanationView(asked.explanation) };
    },
    async cancel({ by, params: { id } }) {
      return { status: 200, body: summarise(await approvals.withdraw(by, id as ApprovalId)) };
    },
  });
}
