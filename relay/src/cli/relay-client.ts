import {
  type ApprovalDecision,
  approvalSummary,
  type ApprovalSummary,
  approvalView,
  type ApprovalView,
  type BreakGlassOrder,
} from '@sluice/contract';
import { z } from 'zod';
import { SluiceError } from '../errors.ts';
import { revealed } from '../text/index.ts';

/** The relay's API for people, from a terminal. */
export interface RelayClient {
  pending(): Promise<readonly ApprovalSummary[]>;
  approval(id: string): Promise<ApprovalView>;
  decide(id: string, decision: ApprovalDecision): Promise<ApprovalSummary>;
  breakGlass(order: BreakGlassOrder): Promise<{ readonly until: string }>;
}

export interface RelayClientOptions {
  /** Where the relay listens: `http://127.0.0.1:8443`. */
  readonly url: string;
  /** A bearer token to decide with. */
  readonly token: string;
}

/** Every method throws a SluiceError: the relay's own sentence when it refuses. */
export function relayClient({ url, token }: RelayClientOptions): RelayClient {
  const call = async <Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    body?: unknown,
  ): Promise<z.output<Schema>> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(new URL(`/api${path}`, url), {
      headers,
      redirect: 'error',
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new SluiceError('internal', `the relay at \`${url}\` does not answer`, { cause });
    });
    const answered: unknown = await response.json().catch(() => null);
    if (!response.ok) throw refusal(response.status, answered);
    const parsed = schema.safeParse(answered);
    if (!parsed.success) {
      throw new SluiceError('internal', 'the relay speaks another version than this program', {
        advice: 'use the `sluice` of the same release as the relay',
      });
    }
    return parsed.data;
  };

  return {
    pending: async () => (await call(list, '/approvals?state=pending')).approvals,
    approval: (id) => call(approvalView, `/approvals/${encodeURIComponent(id)}`),
    breakGlass: (order) => call(z.object({ until: z.string() }), '/break-glass', order),
    decide: (id, decision) =>
      call(approvalSummary, `/approvals/${encodeURIComponent(id)}/decision`, decision),
  };
}

const list = z.object({ version: z.literal(1), approvals: z.array(approvalSummary) });
const problem = z.object({ detail: z.string(), advice: z.string() });

function refusal(status: number, answered: unknown): SluiceError {
  const said = problem.safeParse(answered);
  return said.success
    ? new SluiceError('approver_not_allowed', revealed(said.data.detail), {
        advice: revealed(said.data.advice),
      })
    : new SluiceError('internal', `the relay answered ${status}`);
}
