import { randomUUID } from 'node:crypto';
import { createAnswerCheck } from '../support/check-answer.ts';

const checkAnswer = createAnswerCheck();

/** Of an answer, what the tests look at. */
export interface SqlApiBody {
  readonly code: string;
  readonly sqlState: string;
  readonly message: string;
  readonly statementHandle: string;
  readonly statementStatusUrl: string;
  readonly statementHandles?: readonly string[];
  readonly data: readonly (readonly (string | null)[])[];
  readonly resultSetMetaData: {
    readonly numRows: number;
    readonly rowType: readonly { readonly name: string; readonly type: string; readonly sluice?: unknown }[];
    readonly partitionInfo: readonly { readonly rowCount: number }[];
  };
  readonly stats?: Readonly<Record<string, number>>;
  readonly sluice?: { readonly code?: string; readonly approval?: { readonly id: string } };
}

export interface SqlApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: SqlApiBody;
}

/** A client as Snowflake's documentation describes it; every answer is checked against the relay's own document. */
export function sqlApiClient(url: string, token: string | null) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SqlApiAnswer> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        'user-agent': 'myApplication/1.0',
        accept: 'application/json',
        'x-snowflake-authorization-token-type': 'OAUTH',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (![404, 405].includes(response.status)) checkAnswer(method, path, response, text);
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as SqlApiBody };
  };
  const submit = async (
    statement: string,
    order: object = {},
    query: Readonly<Record<string, string>> = {},
  ) =>
    await call('POST', `/api/v2/statements?${new URLSearchParams(query).toString()}`, {
      statement,
      ...order,
    });
  const read = async (handle: string, query: Readonly<Record<string, string>> = {}) =>
    await call('GET', `/api/v2/statements/${handle}?${new URLSearchParams(query).toString()}`);
  return {
    call,
    submit,
    read,
    cancel: async (handle: string) => await call('POST', `/api/v2/statements/${handle}/cancel`),
    /** Asks until it is no longer under way. */
    async poll(handle: string): Promise<SqlApiAnswer> {
      for (;;) {
        const answer = await read(handle);
        if (answer.status !== 202) return answer;
        await new Promise((resolve) => {
          setTimeout(resolve, 50);
        });
      }
    },
    newRequest: (): string => randomUUID(),
  };
}
