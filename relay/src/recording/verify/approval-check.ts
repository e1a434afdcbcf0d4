import type { EventBody } from '@sluice/contract';
import { bindingOf, decisionBytes, verifySignature } from '@sluice/contract';

/**
 * Checks that each approval covers the statement on the record and that each decision is signed as it says.
 * Fed with one session's bodies in order; answers what is wrong with each.
 */
export function approvalCheck(counts: {
  signedDecisions: number;
}): (body: EventBody) => Promise<readonly string[]> {
  const statements = new Map<string, string>();
  const bindings = new Map<string, string>();

  return async (body) => {
    if (body.type === 'statement') statements.set(body.statement, body.sql);
    if (body.type === 'approval_asked') {
      bindings.set(body.approval, body.binding);
      return checkAsked(body, statements.get(body.statement));
    }
    if (body.type !== 'approval_decided') return [];
    const asked = bindings.get(body.approval);
    const found =
      asked === undefined || asked === body.binding ? [] : ['it decides another request than was asked'];
    if (body.signature === null) return found;
    const { key, value, decidedAt } = body.signature;
    if (!(await verifySignature(decisionBytes({ ...body, decidedAt }), key, value))) {
      return [...found, "its signature is not the approver's key's"];
    }
    counts.signedDecisions += 1;
    return found;
  };
}

type Asked = Extract<EventBody, { type: 'approval_asked' }>;

async function checkAsked(asked: Asked, sql: string | undefined): Promise<readonly string[]> {
  const { bound } = asked;
  const found: string[] = [];
  if ((await bindingOf(bound)) !== asked.binding) found.push('its binding is not that of what it binds');
  if (bound.approval !== asked.approval || bound.statement !== asked.statement) {
    found.push('it binds another approval');
  }
  if (sql !== undefined && sql !== bound.sql) found.push('it binds another SQL text than the statement has');
  return found;
}
