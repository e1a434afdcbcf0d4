import type { ApprovalsClient } from './decide.ts';
import { wholeId } from './short-ids.ts';

/** What a person typed may be the beginning of the id of a request that waits. */
export async function wholeRequestId(relay: ApprovalsClient, typed: string): Promise<string> {
  const known = async () => (await relay.approvals.list()).approvals.map(({ id }) => id);
  return await wholeId(typed, known, { what: 'requests that wait', list: 'sluice pending' });
}
