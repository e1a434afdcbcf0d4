import { PerformanceObserver } from 'node:perf_hooks';

/** The longest time for which an event loop did one thing after the other without looking for anything new. Milliseconds. */
export interface Hold {
  /** Of processor time: on a machine that does other things too, more time may have gone by. */
  readonly cpuMs: number;
  /** By the clock, of the one that took longest by the clock. */
  readonly wallMs: number;
  /** Collecting garbage, of the former; other threads may have helped. */
  readonly gcMs: number;
}

export interface LoopMeter {
  longest(): Hold;
  reset(): void;
  stop(): void;
}

/** Looks every millisecond how much of its thread's time has been used since the last look. */
export function startLoopMeter(): LoopMeter {
  interface Span {
    readonly start: number;
    readonly end: number;
    readonly cpuMs: number;
  }
  const collections: { readonly start: number; readonly ms: number }[] = [];
  let longest: Span = { start: 0, end: 0, cpuMs: 0 };
  let wallMs = 0;
  const collecting = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      collections.push({ start: startTime, ms: duration });
  });
  collecting.observe({ entryTypes: ['gc'] });
  let last = { at: performance.now(), cpu: cpuOfThread() };
  const looking = setInterval(() => {
    const now = { at: performance.now(), cpu: cpuOfThread() };
    const cpuMs = now.cpu - last.cpu;
    if (cpuMs > longest.cpuMs) longest = { start: last.at, end: now.at, cpuMs };
    wallMs = Math.max(wallMs, now.at - last.at);
    last = now;
  }, 1);
  return {
    longest() {
      const during = collections.filter(({ start }) => start >= longest.start && start <= longest.end);
      return { cpuMs: longest.cpuMs, wallMs, gcMs: during.reduce((sum, { ms }) => sum + ms, 0) };
    },
    reset() {
      collections.length = 0;
      longest = { start: 0, end: 0, cpuMs: 0 };
      wallMs = 0;
      last = { at: performance.now(), cpu: cpuOfThread() };
    },
    stop() {
      clearInterval(looking);
      collecting.disconnect();
    },
  };
}

/** Milliseconds; the kernel counts in ticks of four. */
function cpuOfThread(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
