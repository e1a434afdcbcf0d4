import type { Router } from '../router/index.ts';

export interface HealthParts {
  readonly isReady: () => Promise<boolean>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How long an answer is good: whoever asks more often makes the warehouse do no more. */
const FRESH_MS = 1_000;

/** For orchestrators: whether the process lives, and whether it can do its work now. */
export async function registerHealth(router: Router, { isReady, now }: HealthParts): Promise<void> {
  let asked = { at: -Infinity, answer: Promise.resolve(false) };
  const ready = () => {
    if (Math.abs(now() - asked.at) >= FRESH_MS) asked = { at: now(), answer: isReady().catch(() => false) };
    return asked.answer;
  };
  await router.serve('health', {
    live: async () => ({ status: 200, body: { live: true } }),
    async ready() {
      const isUp = await ready();
      return { status: isUp ? 200 : 503, body: { ready: isUp } };
    },
  });
}
