import { eventBody, type EventBody } from '@sluice/contract';
import type { ActivityPartStore, HourCount } from './ports.ts';

/**
 * What happens, counted by the hour, for people who look after a relay. Events are counted once, after they are durable, by
 * whichever relay on the store comes first: nothing that runs a statement waits for it. It is no evidence: whoever writes
 * the database writes these counts, too; the record says what was.
 */
export interface Activity {
  /** Counts a few of the events that are not counted yet. Called every second. */
  count(): Promise<void>;
}

/** Events of one step, and steps of one call: what an earlier version has recorded is counted in the background. */
const STEP = 500;
const STEPS = 4;

export function createActivity(store: ActivityPartStore): Activity {
  const step = async (): Promise<boolean> => {
    const place = await store.activity.place();
    const events = await store.events.afterPosition({ after: place, limit: STEP });
    const last = events.at(-1);
    if (last === undefined) return false;
    const counts = new Map<string, HourCount>();
    for (const { at, body } of events) {
      const hour = at.slice(0, 13);
      // What retention has removed before it was counted is not known.
      const things = body === null ? [] : await thingsIn(bodyIn(body), Date.parse(at));
      for (const what of things) {
        const key = `${hour} ${what}`;
        counts.set(key, { hour, what, count: (counts.get(key)?.count ?? 0) + 1 });
      }
    }
    await store.transaction(async (tx) => {
      // Another relay has counted them meanwhile.
      if ((await tx.activity.place()) !== place) return;
      await tx.activity.add([...counts.values()]);
      await tx.activity.moveTo(last.position);
    });
    return events.length === STEP;
  };
  const thingsIn = async (body: EventBody | null, at: number): Promise<readonly string[]> => {
    if (body === null) return [];
    const thing = thingOf(body);
    if (body.type !== 'approval_ended') return thing === null ? [] : [thing];
    const asked = await store.approvals.find(body.approval);
    const isDecided = ['approved', 'granted', 'denied'].includes(body.how);
    return asked === null || !isDecided ? [thing!] : [thing!, `waited:${bucketOf(at - asked.askedAt)}`];
  };
  return {
    async count() {
      for (let left = STEPS; left > 0; left -= 1) if (!(await step())) return;
    },
  };
}

/** Null for what is none: a row that somebody has written is the patrol's to find, and stops no counting. */
function bodyIn(text: string): EventBody | null {
  try {
    return eventBody.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function thingOf(body: EventBody): string | null {
  switch (body.type) {
    case 'decision':
      return `decision:${body.effect}`;
    case 'approval_asked':
    case 'access_asked':
      return 'asked';
    case 'approval_ended':
      return `ended:${body.how}`;
    case 'refused':
      return 'refused';
    case 'bypass_attempted':
      // What lies in a workspace is no attempt.
      return body.kind === 'found' ? 'found' : 'bypass';
    case 'error':
      return 'error';
    case 'opened':
      return 'session';
    default:
      return null;
  }
}

/** Upper bounds in seconds; beyond the last is `more`. */
export const WAITED_UP_TO = [60, 300, 900, 3_600, 14_400] as const;

function bucketOf(ms: number): string {
  return String(WAITED_UP_TO.find((seconds) => ms <= seconds * 1_000) ?? 'more');
}
