import { parse } from '@sluice/snowflake-sql';
import { accepts, loadPeers } from '../snowflake-sql/bench/peers.ts';
import { demoDecision } from '../test/support/demo-decision.ts';
import { percentile, type Report, timeInTurn } from './benchmark.ts';
import { samples } from './samples.ts';

/** How often each subject runs each query. */
const ROUNDS = { small: 2_000, middle: 500, large: 150 } as const;

/**
 * What a statement costs before it runs: parse, analyze (parse and lineage), and the whole decision, beside
 * each second-opinion library's bare parse of the same text in the same run. Milliseconds.
 */
export async function decision(
  rounds: Readonly<Record<keyof typeof samples, number>> = ROUNDS,
): Promise<Report> {
  const peers = await loadPeers();
  const subject = await demoDecision();
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  for (const [size, sql] of Object.entries(samples) as [keyof typeof samples, string][]) {
    const able = Object.fromEntries(Object.entries(peers).filter(([, { parse }]) => accepts(parse, sql)));
    const times = timeInTurn(
      {
        parse: () => parse(sql),
        analyze: () => subject.analyze(sql),
        decision: () => subject.decide(sql),
        repeated: () => subject.decideAgain(sql),
        ...Object.fromEntries(Object.entries(able).map(([name, peer]) => [name, () => peer.parse(sql)])),
      },
      rounds[size],
    );
    for (const [name, samplesOf] of Object.entries(times)) {
      figures[`${size}_${name}_medianMs`] = percentile(samplesOf, 0.5);
      figures[`${size}_${name}_p99Ms`] = percentile(samplesOf, 0.99);
    }
    const fastest = Math.min(...Object.keys(able).map((name) => percentile(times[name]!, 0.5)));
    ratios[`${size}_parseVsFastestPeer`] = percentile(times['parse']!, 0.5) / fastest;
    ratios[`${size}_decisionVsFastestPeerParse`] = percentile(times['decision']!, 0.5) / fastest;
  }
  for (const ratio of ['parseVsFastestPeer', 'decisionVsFastestPeerParse']) {
    // The worst of the sizes.
    ratios[ratio] = Math.max(...Object.keys(samples).map((size) => ratios[`${size}_${ratio}`]!));
  }
  return { name: 'decision', figures, ratios };
}
