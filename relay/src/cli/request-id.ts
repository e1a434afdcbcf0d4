import type { ApprovalsClient } from './decide.ts';
import { wholeId } from './short-ids.ts';

/** Completes the id of a pending request from its first characters. */
export async function wholeRequestId(relay: ApprovalsClient, typed: string): Promise<string> {
  const known = async () => (await relay.approvals.list()).approvals.map(({ id }) => id);
  return await wholeId(typed, known, { what: 'requests that wait', list: 'sluice pending' });
}
