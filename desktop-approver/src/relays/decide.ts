import {
  type ApprovalDecision,
  type ApprovalView,
  decisionBytes,
  isRelayError,
  type RelayClient,
} from '@sluice/contract';
import { base64, type Device, notEnrolled } from '../device/device.ts';
import type { Decided, Decision } from './decision.ts';
import { checkedBinding, type Shown } from './shown.ts';
import { TroubleError } from './trouble.ts';

export interface DecideOptions {
  readonly client: Pick<RelayClient, 'approvals'>;
  readonly shown: Shown;
  readonly device: Device;
  /** Asks the person outside of any page. */
  readonly confirm: (view: ApprovalView) => Promise<boolean>;
  /** Does it, and once more after a sign-in, where the relay wants one that is more recent. */
  readonly signedInAnew: <T>(work: () => Promise<T>) => Promise<T>;
  readonly now: () => number;
}

/**
 * Sends a person's decision on exactly what they were shown, signed by this device if that is enrolled. An approval needs that
 * a page was handed the request; a denial does no harm, and may come straight from a notification.
 *
 * @throws TroubleError `never_shown`, `request_changed`, `relay_contradicts_itself`, `not_confirmed`, `device_not_enrolled`; the
 *   relay's own error.
 */
export async function decide(decision: Decision, options: DecideOptions): Promise<Decided> {
  const { client, shown, device, confirm, signedInAnew } = options;
  const params = { id: decision.approval };
  if (decision.verdict === 'approve' && !shown.has(decision.approval, decision.shown)) {
    throw new TroubleError('never_shown', 'you were not shown this request', 'open it, and decide then');
  }
  const read = async () => {
    const view = await client.approvals.read({ params });
    if ((await checkedBinding(view, decision.approval)) === decision.shown) return view;
    throw new TroubleError(
      'request_changed',
      'the request is no longer the one that you were shown',
      'look at it again',
    );
  };
  const view = await read();
  if (decision.verdict === 'approve' && view.summary.risk.level === 'high' && !(await confirm(view))) {
    throw new TroubleError('not_confirmed', 'you did not confirm it');
  }
  if (view.terms.signed && device.enrolled() === null) await device.look();
  if (view.terms.signed && device.enrolled() === null) throw notEnrolled();
  let isAgain = false;
  const send = async () => {
    // A sign-in takes its time, and the request may be another one by then.
    if (isAgain) await read();
    isAgain = true;
    return await client.approvals.decide({ params, body: await signed(decision, options) });
  };
  try {
    return await signedInAnew(send);
  } catch (error) {
    // Perhaps since the device was revoked: no news tell of that.
    if (isRelayError(error) && error.code === 'approver_not_allowed') await device.look().catch(() => {});
    throw error;
  }
}

async function signed(decision: Decision, { device, now }: DecideOptions): Promise<ApprovalDecision> {
  const {
    approval,
    shown: binding,
    verdict,
    comment,
    proposal,
    mostRows,
    grantSeconds,
    grantRows,
  } = decision;
  const plain = { verdict, binding, comment, proposal, mostRows, grantSeconds, grantRows };
  const key = device.enrolled();
  if (key === null) return { version: 1, ...plain, signature: null };
  const decidedAt = new Date(now()).toISOString();
  const value = base64(await key.sign(decisionBytes({ ...plain, approval, decidedAt })));
  return { version: 1, ...plain, signature: { key: key.key, algorithm: 'Ed25519', value, decidedAt } };
}
