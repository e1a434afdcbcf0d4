import type { EventBody, RecordedEvent } from '@sluice/contract';
import { NO_VOLUME, type DecisionContext, type TagLookup, type Volume } from '../policy/index.ts';
import type { IdentityId } from '../identity/index.ts';
import type { EarlierResult, ResolutionContext, Understanding, VariableOrigin } from '@sluice/snowflake-sql';
import type { RecordedStatement } from './simulate.ts';

/**
 * A session's statements in order, each analysed again as if it were sent now: with today's catalog, but with the
 * session's state at that time. Statements whose events were removed are left out. Rows that other sessions returned on
 * the same day do not count towards daily limits.
 */
export async function* recordedStatements(
  events: AsyncIterable<RecordedEvent>,
  understand: Understand,
  tags: TagLookup,
): AsyncGenerator<RecordedStatement> {
  let opened: Opened | null = null;
  const asked = new Map<string, Asked>();
  const variables = new Map<string, VariableOrigin>();
  const results = new Map<string, EarlierResult>();
  let returned: Volume = NO_VOLUME;

  for await (const event of events) {
    if (!('body' in event)) continue;
    const { body } = event;
    if (body.type === 'opened') opened = body;
    if (body.type === 'statement') asked.set(body.statement, { ...body, at: Date.parse(event.at) });
    if (body.type === 'result') {
      const { rows, bytes, kept = { rows: 0, bytes: 0 } } = body;
      returned = { rows: returned.rows + rows + kept.rows, bytes: returned.bytes + bytes + kept.bytes };
    }
    if (body.type !== 'decision') continue;
    const statement = asked.get(body.statement);
    asked.delete(body.statement);
    if (opened === null || statement === undefined) continue;

    const { database, schema } = statement.state;
    const session = { ...(database !== null && { database }), ...(schema !== null && { schema }) };
    const [meaning] = await understand(statement.sql, { ...session, variables, results });
    if (meaning === undefined) continue;
    const { effect, rule, masks } = body;
    const context = contextOf(opened, statement, returned, tags);
    yield {
      statement: statement.statement,
      sql: statement.sql,
      person: opened.identity,
      meaning,
      context,
      was: { effect, rule, masks },
    };
    if (effect !== 'block') remember(statement.statement, meaning, variables, results);
  }
}

/** What a text means, with the catalog of today. Nothing: it is left out. */
export type Understand = (
  sql: string,
  context: ResolutionContext,
) => readonly Understanding[] | Promise<readonly Understanding[]>;

type Opened = Extract<EventBody, { type: 'opened' }>;
type Asked = Extract<EventBody, { type: 'statement' }> & { readonly at: number };

function contextOf(
  { identity, client }: Opened,
  { state, at }: Asked,
  session: Volume,
  tags: TagLookup,
): DecisionContext {
  const { application, protocol, agent } = client;
  return {
    identity: { ...identity, id: identity.id as IdentityId },
    client: { application, protocol, agent },
    state,
    now: at,
    usage: { session, day: session, stoppedBefore: false },
    tags,
    breakGlass: null,
    floor: true,
  };
}

/** Keeps what later statements of the session may refer to. */
function remember(
  statement: string,
  meaning: Understanding,
  variables: Map<string, VariableOrigin>,
  results: Map<string, EarlierResult>,
): void {
  if (!meaning.understood) return;
  results.set(statement, { outputs: meaning.outputs });
  for (const effect of meaning.sessionEffects) {
    if (effect.type === 'set_variable') variables.set(effect.name, effect);
    if (effect.type === 'unset_variable') variables.delete(effect.name);
  }
}
