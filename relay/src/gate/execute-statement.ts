import { SluiceError } from '../errors.ts';
import type {
  ImpliedTransaction,
  SessionParameters,
  SessionState,
  StatementResult,
} from '../warehouse/index.ts';
import type { Plan, Planned } from '../warehouse/planning.ts';
import type { ChangeTopic } from '../unit-of-work.ts';
import type { GateParts, Authorization, GateTransaction } from './parts.ts';
import { confirmRequester } from './confirm-requester.ts';
import { inEncodingAsked } from './encoding-asked.ts';
import { chunksOrGiveUp, keptOrGiveUp, orGiveUp } from './give-up.ts';
import type { Intent } from './record-intent.ts';
import { forgetEffects, rememberEffects } from './remember-effects.ts';
import type { SessionContext } from './session-context.ts';
import type { Progress, StatementRequest } from './statement-request.ts';

/** What came of it, and what its session was afterwards. */
export interface ExecutedResult extends StatementResult {
  readonly state: SessionState;
  readonly parameters: SessionParameters;
}

/**
 * Step 7. The only place where a statement reaches a warehouse, and only behind a durable `executed`. Null when what it
 * was decided by has changed meanwhile: nothing has happened to it then.
 */
export async function executeStatement(
  parts: Pick<GateParts, 'warehouse' | 'classification' | 'confirmIdentity' | 'now'>,
  request: StatementRequest,
  context: SessionContext,
  intent: Intent,
  authorization: Authorization,
  progress: Progress,
  signal: AbortSignal,
): Promise<ExecutedResult | null> {
  const { sql, binds, describeOnly, encoding = 'json', queryId, session } = request;
  const warehouse = await context.warehouse();
  const { planned, surroundings, used: objects, leave, asOf, policy, generation, mayKnowOf } = authorization;
  const holds = (tx: GateTransaction) => context.isOf(generation) && !tx.hasChanged(asOf, DECIDED_BY);
  const isCurrent = await intent.writeIf(holds, async (tx) => {
    // Whoever has been put out by now, at whichever relay, is out; and another relay may have it stopped, or have it.
    confirmRequester(parts, session);
    signal.throwIfAborted();
    if (describeOnly) return;
    await leave?.use(tx);
    // Before it runs: a tag carried in vain is harmless, one lost in a crash is not.
    await parts.classification.carry(tx, authorization.understanding, policy, authorization.told);
    await tx.record(session.id, { type: 'executed', statement: queryId, ...sentInstead(planned, sql) });
  });
  if (!isCurrent) return null;
  signal.throwIfAborted();
  progress.running();
  // What another request has reopened meanwhile, as another relay has left it, knows nothing of this statement.
  const isSameSession = () => context.generation() === generation;
  try {
    const plan = planOf(planned);
    const changesAtMost = leave?.rows ?? null;
    let implied: ImpliedTransaction | null = null;
    const onTransaction = (made: ImpliedTransaction) => (implied = made);
    const limits = { changesAtMost, mayKnowOf, earlier: context.kept.find };
    const statement = {
      plan,
      surroundings,
      objects,
      sql,
      binds,
      describeOnly,
      encoding,
      transfers: session.client.protocol === 'snowflake',
      queryId,
      session: session.id,
      onTransaction,
      ...limits,
    };
    const answered = await orGiveUp(warehouse.execute(statement, signal), signal).catch(
      async (error: unknown) => {
        // It may have committed what came before it, and failed.
        await noteTransaction(intent, request, implied);
        throw error;
      },
    );
    await noteTransaction(intent, request, implied);
    const result = inEncodingAsked(answered, encoding);
    if (!describeOnly && isSameSession())
      rememberEffects(request, authorization.understanding, context, warehouse.variables);
    return {
      ...result,
      state: warehouse.state,
      parameters: warehouse.parameters,
      chunks: chunksOrGiveUp(result.chunks, signal),
      kept: keptOrGiveUp(result.kept ?? []),
    };
  } catch (error) {
    if (isSameSession()) forgetEffects(authorization.understanding, context, warehouse.variables);
    throw error;
  }
}

/** Where no BEGIN or COMMIT says so, whoever reads the record would not know what of it came to stay. */
async function noteTransaction(
  intent: Intent,
  { session, queryId }: StatementRequest,
  implied: ImpliedTransaction | null,
): Promise<void> {
  if (implied === null) return;
  const { became, because } = implied;
  await intent.write(async (tx) => {
    const detail = { statement: queryId, because };
    await tx.record(session.id, { type: 'notice', what: `transaction_${became}`, detail });
  });
}

/** Both texts are on the record: the client's with its intent, and what runs in its place. */
function sentInstead({ plan }: Planned, sql: string): { readonly sent?: string } {
  if (plan?.for !== 'snowflake' || plan.sql === null || plan.sql === sql) return {};
  return { sent: plan.sql };
}

/** What relays on one store share, and decide by. Who is out is looked at in the transaction itself. */
const DECIDED_BY: readonly ChangeTopic[] = ['tag', 'policy'];

/** What the warehouse cannot do was found out before; who sent it is told now that it would run. */
function planOf({ plan, problem }: Planned): Plan {
  if (plan !== null) return plan;
  const { code, message, advice, warehouse } = problem;
  throw new SluiceError(code, message, { advice, ...(warehouse === undefined ? {} : { warehouse }) });
}
