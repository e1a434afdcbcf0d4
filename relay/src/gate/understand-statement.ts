import { SluiceError } from '../errors.ts';
import type { Catalog, ResolutionContext, Understanding } from '../statement/index.ts';
import { orGiveUp } from './give-up.ts';
import { resolutionContext, type SessionRoom } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

/** From SQL text, a catalog and a session to what each statement in the text means. Pure; never throws. */
export type Understand = (
  sql: string,
  catalog: Catalog,
  context: ResolutionContext,
) => readonly Understanding[];

/** Step 3. What the request's one statement means, now. */
export async function understandStatement(
  understand: Understand,
  request: StatementRequest,
  room: SessionRoom,
  signal: AbortSignal,
): Promise<Understanding> {
  const catalog = await orGiveUp(
    room.warehouse().then(async (warehouse) => await warehouse.catalog()),
    signal,
  );
  const statements = understand(request.sql, catalog, resolutionContext(request.session, room));
  const [only] = statements;
  if (only === undefined || statements.length > 1) {
    // Listeners take multi-statement requests apart; each statement passes the gate by itself.
    throw new SluiceError(
      'statement_count',
      `actual statement count ${statements.length} did not match the desired statement count 1`,
      { advice: 'send one statement a request, or ask for multi-statement execution' },
    );
  }
  return only;
}
