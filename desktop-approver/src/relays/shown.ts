import { type ApprovalView, approvalView, bindingOf } from '@sluice/contract';
import { TroubleError } from './trouble.ts';

/** Which requests were handed to pages to be shown, by what binds a decision to them. */
export interface Shown {
  /** @param text a request as the relay answered it to a page. */
  note(text: string): Promise<void>;
  has(approval: string, binding: string): boolean;
  forget(): void;
}

const MOST = 200;

export function createShown(): Shown {
  const bindings = new Map<string, string>();
  return {
    async note(text) {
      const view = parse(text);
      if (view === null) return;
      const { id } = view.summary;
      bindings.delete(id);
      bindings.set(id, await bindingOf(view.bound));
      if (bindings.size > MOST) bindings.delete(bindings.keys().next().value!);
    },
    has: (approval, binding) => bindings.get(approval) === binding,
    forget: () => bindings.clear(),
  };
}

function parse(text: string): ApprovalView | null {
  try {
    return approvalView.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * The binding of a request, computed from what it binds. What is shown beside it has to be the same: a relay that shows one
 * statement and binds another would have it signed.
 *
 * @throws TroubleError `relay_contradicts_itself`.
 */
export async function checkedBinding(view: ApprovalView, approval: string): Promise<string> {
  const { bound, summary, sql } = view;
  const binding = await bindingOf(bound);
  const isOne =
    binding === summary.binding &&
    bound.approval === approval &&
    summary.id === approval &&
    bound.sql === sql &&
    bound.requester === summary.requester.id &&
    bound.rule === summary.rule &&
    bound.session === summary.session &&
    bound.statement === summary.statement;
  if (isOne) return binding;
  throw new TroubleError(
    'relay_contradicts_itself',
    'the relay shows another request than the one that a decision would be bound to',
    'do not decide on it, and tell your security team',
  );
}
