import { playTour } from './tour.ts';

/** `npm run -s tour [-- --json]`: exits 1 when anything of the day was not as it should be. */
const json = process.argv.includes('--json');
const report = await playTour({ customers: 5_000 }, json ? () => {} : console.log);
if (json) console.log(JSON.stringify(report));
else console.table(report);
process.exitCode = Object.values(report).every(Boolean) ? 0 : 1;
