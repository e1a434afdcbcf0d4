import { type ApprovalView, bindingOf } from '@sluice/contract';
import { WORDS } from '../words.ts';

/**
 * What a decision on this request covers, computed from what is shown, so that nothing else is decided on.
 *
 * @throws when what is shown is not what the decision would bind.
 */
export async function bindingShown(view: ApprovalView): Promise<string> {
  const { summary, sql, bound } = view;
  const isBound =
    bound.sql === sql &&
    bound.approval === summary.id &&
    bound.session === summary.session &&
    bound.requester === summary.requester.id &&
    bound.rule === summary.rule;
  // Where a page was served without TLS, browsers have no `crypto.subtle`; the relay compares what it is sent with its own.
  const binding = globalThis.isSecureContext ? await bindingOf(bound) : summary.binding;
  if (!isBound || binding !== summary.binding) throw new Error(WORDS.decide.notAsShown);
  return binding;
}
