import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import type { Router } from '../router/index.ts';

export interface MetricsParts {
  /** As Prometheus reads it. */
  readonly text: () => Promise<string>;
  /** Who may read them: people's groups, and those of the programs that collect metrics. */
  readonly monitors: readonly string[];
}

/** What the relay counts of itself. How much runs, and what is refused, is not everybody's business. */
export async function registerMetrics(router: Router, { text, monitors }: MetricsParts): Promise<void> {
  await router.serve('metrics', {
    async read({ by }) {
      mustMonitor(by, monitors);
      return { status: 200, text: await text() };
    },
  });
}

function mustMonitor({ groups }: Identity, monitors: readonly string[]): void {
  if (groups.some((group) => monitors.includes(group))) return;
  throw new SluiceError('approver_not_allowed', 'only monitors may see this', {
    advice: 'ask the people who run the relay which groups may: `groups.monitors` in its configuration',
  });
}
