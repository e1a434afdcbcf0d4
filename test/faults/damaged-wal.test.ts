import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { connectDriver } from '../support/driver.ts';
import { faultWorld } from './fault-place.ts';
import { sluice } from './record.ts';
import { serve } from './served-relay.ts';

const world = faultWorld();
/** https://sqlite.org/fileformat2.html#walformat: a header of 32 bytes, then frames of 24 and a page. */
const [WAL_HEADER, FRAME] = [32, 24 + 4_096];

it.each<[string, (wal: string) => void]>([
  ['removed', (wal) => rmSync(wal)],
  [
    'cut',
    (wal) =>
      truncateSync(wal, WAL_HEADER + FRAME * Math.floor((statSync(wal).size - WAL_HEADER) / FRAME / 2)),
  ],
  [
    'damaged',
    (wal) => {
      const file = openSync(wal, 'r+');
      writeSync(file, Buffer.alloc(16, 0xff), 0, 16, WAL_HEADER + 2 * FRAME + 100);
      closeSync(file);
    },
  ],
])(
  'acknowledged events that were in a write-ahead log that is %s after a kill are missed, and named',
  async (_, damage) => {
    const { config, url, data } = await world.newPlace();
    // What this one has written is in the database itself.
    const before = serve(config);
    await before.listening;
    await before.end('SIGTERM');
    const relay = serve(config);
    await relay.listening;
    const ada = await connectDriver(url, await world.issuer().tokenFor('ada'));
    for (let number = 0; number < 5; number += 1) await ada.run(`SELECT ${number} AS N`);
    await relay.end('SIGKILL');

    damage(`${filesIn(data).database}-wal`);
    const next = serve(config);
    expect(await next.exit).toMatchObject({ code: 1 });
    expect(next.complaints.join('\n')).toMatch(
      /has \d+ events, and \d+ were acknowledged: events? \d+ .*(is|are) lost/,
    );

    await sluice('accept-loss', '--config', config, '--reason', 'the disk was damaged');
    const last = serve(config);
    await last.listening;
    expect(await last.end('SIGTERM')).toEqual({ code: 0, signal: null });
  },
);
