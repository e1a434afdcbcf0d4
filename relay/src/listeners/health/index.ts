import type { Router } from '../router/index.ts';

export interface HealthParts {
  readonly isWarehouseUp: () => Promise<boolean>;
  /** Whether this relay has the policy in force: it decides nothing by another. */
  readonly hasPolicy: () => boolean;
  /** Whether the record holds what was recorded: on any other, nothing runs. */
  readonly isRecordSound: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How long an answer is good: whoever asks more often makes the warehouse do no more. */
const FRESH_MS = 1_000;

/** For orchestrators: whether the process lives, and whether it can do its work now. */
export async function registerHealth(
  router: Router,
  { isWarehouseUp, hasPolicy, isRecordSound, now }: HealthParts,
): Promise<void> {
  let asked = { at: -Infinity, answer: Promise.resolve(false) };
  const isUp = () => {
    if (Math.abs(now() - asked.at) >= FRESH_MS)
      asked = { at: now(), answer: isWarehouseUp().catch(() => false) };
    return asked.answer;
  };
  await router.serve('health', {
    live: async () => ({ status: 200, body: { live: true } }),
    async ready() {
      const lacks = [
        ...((await isUp()) ? [] : (['warehouse'] as const)),
        ...(hasPolicy() ? [] : (['policy'] as const)),
        ...(isRecordSound() ? [] : (['record'] as const)),
      ];
      const ready = lacks.length === 0;
      return { status: ready ? 200 : 503, body: { ready, lacks } };
    },
  });
}
