import { SluiceError } from '../errors.ts';
import type { Analysis, StatementReader } from '../statement/index.ts';
import type { SessionState } from '../warehouse/index.ts';
import { orGiveUp } from './give-up.ts';
import { resolutionContext, type SessionRoom } from './session-rooms.ts';
import type { StatementRequest } from './statement-request.ts';

/** What a statement means, and under what: whoever runs it runs it under the same, or not at all. */
export type StatementAnalysis = Analysis & {
  readonly state: SessionState;
  readonly catalogVersion: string;
};

/** Step 3. What the request's one statement means, now. */
export async function analyzeStatement(
  analyzer: StatementReader,
  request: StatementRequest,
  room: SessionRoom,
  signal: AbortSignal,
): Promise<StatementAnalysis> {
  const [warehouse, catalog] = await orGiveUp(
    room.warehouse().then(async (opened) => [opened, await opened.catalog()] as const),
    signal,
  );
  const { state } = warehouse;
  const context = resolutionContext(state, room, request.binds);
  const analysed = analyzer.analyze(request.sql, catalog, context);
  const statements = analysed instanceof Promise ? await orGiveUp(analysed, signal) : analysed;
  const [only] = statements;
  if (only === undefined || statements.length > 1) {
    // Listeners take multi-statement requests apart; each statement passes the gate by itself.
    throw new SluiceError(
      'statement_count',
      `actual statement count ${statements.length} did not match the desired statement count 1`,
      { advice: 'send one statement a request, or ask for multi-statement execution' },
    );
  }
  return { ...only, state, catalogVersion: catalog.version };
}
