import type { SqlApiOrder } from '@sluice/contract';
import type { Analyses } from '../../analysis/index.ts';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import { type Queries, type Query, type QueryOrder, seriesOf } from '../../queries/index.ts';
import { readSignInParameters } from '../../warehouse/session-parameters.ts';
import { readQueryTag, toBinds } from '../snowflake/index.ts';
import { outputFormats } from './output-formats.ts';
import type { RequestSessions } from './request-sessions.ts';
import { refuseUnsupported } from './unsupported.ts';

export interface Submission {
  readonly by: Identity;
  readonly address: string;
  /** What the request says of its program. */
  readonly userAgent: string;
  readonly requestId: string;
  readonly nullable: boolean;
  readonly order: SqlApiOrder;
}

/** Sends one statement, or several one after the other, in a session of their own. */
export async function submit(
  parts: {
    readonly queries: Pick<Queries, 'submit' | 'submitSeries'>;
    readonly requests: RequestSessions;
    readonly split: Analyses['split'];
  },
  { by, address, userAgent, requestId, nullable, order }: Submission,
): Promise<Query> {
  const { statement: sql, database, schema, warehouse, role, bindings, timeout } = order;
  const asked = byUpperName(order.parameters ?? {});
  const desired = readCount(asked['MULTI_STATEMENT_COUNT']);
  const binds = toBinds(bindings);
  const parameters = readParameters(asked, timeout ?? null);
  const tag = readQueryTag(asked['QUERY_TAG'] == null ? null : String(asked['QUERY_TAG']));
  // A text that is not understood goes to the gate as it is, which refuses and records it.
  const statements = await parts.split(sql);
  if (statements !== null) {
    // One more than there should be is the gate's to refuse, too.
    if (desired !== 0 && statements.length !== desired && statements.length > 0)
      throw miscounted(statements.length, desired);
    refuseUnsupported(statements);
  }
  const series = statements !== null && statements.length > 1 ? seriesOf(statements, binds) : null;
  const session = await parts.requests.open(by, {
    requestId,
    address,
    agent: tag.agent ?? productOf(userAgent),
    state: { database, schema, warehouse, role },
    parameters,
    form: { nullable, formats: outputFormats(asked) },
  });
  const prompt = tag.prompt === null ? null : ({ text: tag.prompt, source: 'query_tag' } as const);
  const one: QueryOrder = { session, requestId, sql, binds, describeOnly: false, prompt, attended: false };
  const query = series === null ? parts.queries.submit(one) : parts.queries.submitSeries(one, series);
  parts.requests.touched(query, false);
  return query;
}

type Asked = NonNullable<SqlApiOrder['parameters']>;

function byUpperName(asked: Asked): Asked {
  return Object.fromEntries(Object.entries(asked).map(([name, value]) => [name.toUpperCase(), value]));
}

/** Of the session that is opened; what a request has a member for is said there. */
function readParameters(asked: Asked, timeout: number | null) {
  if (String(asked['AUTOCOMMIT'] ?? true).toLowerCase() !== 'true') {
    throw new SluiceError('request_unsupported', 'AUTOCOMMIT has to be true in the SQL API', {
      advice: 'send BEGIN and COMMIT with the statements, with `multi_statement_count`',
    });
  }
  const { MULTI_STATEMENT_COUNT: _, ...others } = asked;
  return readSignInParameters({
    ...others,
    ...(timeout === null ? {} : { STATEMENT_TIMEOUT_IN_SECONDS: timeout }),
  });
}

function readCount(said: Asked[string] | undefined): number {
  if (said == null) return 1;
  if (/^\d{1,6}$/.test(String(said))) return Number(said);
  throw new SluiceError('request_malformed', '`multi_statement_count` is not a number of statements', {
    advice: 'give how many there are, or 0 for any number',
  });
}

function miscounted(found: number, desired: number): SluiceError {
  return new SluiceError(
    'statement_count',
    `Actual statement count ${found} did not match the desired statement count ${desired}.`,
    { advice: 'give `multi_statement_count` in `parameters`: how many there are, or 0 for any number' },
  );
}

/** The first product (RFC 9110, section 10.1.5): what a program calls itself. */
function productOf(userAgent: string): string | null {
  return /^[\w!#$%&'*+.^`|~-]{1,100}/.exec(userAgent)?.[0] ?? null;
}
