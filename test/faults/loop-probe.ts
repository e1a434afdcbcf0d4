// Loaded into a relay's process with --import: at each SIGUSR2, says on standard output how busy its event loop was since
// the one before. A loop that waits for something synchronously counts as busy.
import { performance } from 'node:perf_hooks';

let before = performance.eventLoopUtilization();

process.on('SIGUSR2', () => {
  const { utilization } = performance.eventLoopUtilization(before);
  before = performance.eventLoopUtilization();
  process.stdout.write(`event loop ${utilization}\n`);
});
