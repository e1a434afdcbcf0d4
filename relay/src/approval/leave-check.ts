import { devicesOnRecord, followEvents, type ProvingReaders } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import type { Approval } from './approval.ts';
import { APPROVAL_STORY, wrongApproval } from './approval-story.ts';
import { GRANT_STORY, wrongGrant } from './grant-story.ts';
import type { Opening } from './opening.ts';
import { OPENING_STORY, wrongOpening } from './opening-story.ts';
import type { ApprovalsReader, DevicesReader, GrantsReader, OpeningsReader, ReviewsReader } from './ports.ts';
import { wrongReview } from './review-check.ts';

/** What of a store is compared with its log. */
export interface LeaveReaders extends ProvingReaders {
  readonly approvals: Pick<ApprovalsReader, 'open'>;
  readonly grants: GrantsReader;
  readonly openings: OpeningsReader;
  readonly reviews: Pick<ReviewsReader, 'list'>;
  readonly devices: Pick<DevicesReader, 'inUse'>;
}

/** A row by which something could run that is not what was recorded, or by which nobody would look at what has run. */
export interface WrongLeave {
  readonly table: (typeof LEAVE_TABLES)[number];
  /** For a device, its key. */
  readonly id: string;
  readonly why: string;
  /** The event that the row names; null when there is none. */
  readonly event: { readonly session: string; readonly seq: number; readonly position: number } | null;
}

export const LEAVE_TABLES = [
  'approval',
  'approval_grant',
  'approver_device',
  'break_glass_opening',
  'break_glass_review',
] as const;

/**
 * Compares what lets statements run (open approvals, live grants, opened break-glass statements, people's devices), and the reviews of
 * what ran by break-glass, with the log. It takes the log to be what was recorded.
 *
 * @param now milliseconds since the epoch: what is over is not looked at.
 */
export async function compareLeave(store: LeaveReaders, now: number): Promise<readonly WrongLeave[]> {
  const log = await store.events.log();
  if (log === null) return [];
  const believed = { standingOf: async () => 'proven' as const, end: () => -1, keyEvents: () => [] };
  const wrong: WrongLeave[] = [];
  const compare = async <Row extends { readonly id: string }>(
    table: WrongLeave['table'],
    rows: readonly Row[],
    placeOf: (row: Row) => { readonly session: string; readonly seq: number },
    whyWrong: (row: Row) => Promise<string | null>,
  ) => {
    for (const row of rows) {
      const why = await whyWrong(row);
      if (why !== null) wrong.push({ table, id: row.id, why, event: await eventAt(store, placeOf(row)) });
    }
  };

  const approvals = followEvents(believed, APPROVAL_STORY);
  const ofApproval = ({ request, seq }: Approval) => ({ session: request.session.id, seq });
  await compare('approval', await store.approvals.open(), ofApproval, async (row) =>
    wrongApproval(row, await approvals.standing(store, ofApproval(row))),
  );
  const grants = followEvents(believed, GRANT_STORY);
  await compare(
    'approval_grant',
    await store.grants.live(now),
    (row) => row,
    async (row) => wrongGrant(row, await grants.standing(store, row)),
  );
  const openings = followEvents(believed, OPENING_STORY);
  const ofOpening = ({ seq }: Opening) => ({ session: log.relaySession, seq });
  const open = (await store.openings.list()).filter(({ until }) => !(until <= now));
  await compare('break_glass_opening', open, ofOpening, async (row) =>
    wrongOpening(row, await openings.standing(store, ofOpening(row))),
  );
  const recorded = await devicesOnRecord(store, believed, log.relaySession as SessionId);
  const enrolled = new Map(recorded.map((device) => [device.key, device]));
  for (const { key, identity } of await store.devices.inUse(MOST_DEVICES)) {
    const device = enrolled.get(key);
    const why =
      device?.identity !== identity
        ? 'which nobody has enrolled for them on the record'
        : device.isRevoked
          ? 'which was revoked on the record'
          : null;
    if (why !== null) wrong.push({ table: 'approver_device', id: key, why, event: null });
  }
  for (const which of ['open', 'closed'] as const) {
    for (const stored of await store.reviews.list(which)) {
      const why = await wrongReview(store, stored);
      if (why !== null) wrong.push({ table: 'break_glass_review', id: stored.review.id, why, event: null });
    }
  }
  return wrong;
}

async function eventAt(
  { events }: ProvingReaders,
  { session, seq }: { readonly session: string; readonly seq: number },
): Promise<WrongLeave['event']> {
  if (!Number.isSafeInteger(seq) || typeof session !== 'string') return null;
  const [event] = await events.ofSession(session, { after: seq - 1, limit: 1 });
  return event?.seq === seq ? { session, seq, position: event.position } : null;
}

const MOST_DEVICES = 1_000_000;
