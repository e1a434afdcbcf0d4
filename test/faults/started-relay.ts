import { filesIn } from '../../relay/src/composition/files.ts';
import { connectDriver, type DriverSession } from '../support/driver.ts';
import type { FaultPlace, FaultWorld } from './fault-place.ts';
import { serve, type ServedRelay } from './served-relay.ts';

export interface StartedRelay extends FaultPlace {
  readonly relay: ServedRelay;
  /** A real driver's session, with a table of its own: SCRATCH.NOTES, with one row. */
  readonly ada: DriverSession;
  readonly database: string;
}

/** A relay that is served, in a new place or a given one, and somebody who works there. */
export async function startRelay(
  world: FaultWorld,
  options: Parameters<typeof serve>[1],
  place?: FaultPlace,
): Promise<StartedRelay> {
  place ??= await world.newPlace();
  const relay = serve(place.config, options);
  await relay.listening;
  const ada = await connectDriver(place.url, await world.issuer().tokenFor('ada'));
  await ada.run('CREATE TABLE SCRATCH.NOTES AS SELECT 1 AS N');
  return { ...place, relay, ada, database: filesIn(place.data).database };
}
