import { isSluiceError, SluiceError } from '../errors.ts';

/** What a script raises, or what one of its statements has failed with: what its handlers may catch. */
export class Raised extends Error {
  /** As handlers call it. */
  readonly kind: string;
  readonly code: number;
  readonly state: string;
  /** What the client is told when nobody catches it. */
  readonly told: SluiceError;

  constructor(kind: string, code: number, state: string, message: string, told: SluiceError) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.state = state;
    this.told = told;
  }
}

/** An exception that the script has declared. Snowflake's number for what nobody catches is the exception's own. */
export function declared(name: string, code: number, message: string, line: number): Raised {
  const told = new SluiceError(
    'statement_failed',
    `Uncaught exception of type '${name}' on line ${line} : ${message}`,
    {
      warehouse: { code: String(code).padStart(6, '0'), sqlState: 'P0001' },
    },
  );
  return new Raised(name, code, 'P0001', message, told);
}

/** What a script itself gets wrong. */
export function expressionError(message: string): Raised {
  const warehouse = { code: '000904', sqlState: '42000' };
  return new Raised(
    'EXPRESSION_ERROR',
    904,
    '42000',
    message,
    new SluiceError('statement_failed', message, { warehouse }),
  );
}

/**
 * The failure of a statement, for handlers; null for what is no answer of the statement's own, such as a client that is gone or
 * a record that cannot be written: that ends the script.
 */
export function raisedBy(error: unknown, kind: 'STATEMENT_ERROR' | 'EXPRESSION_ERROR'): Raised | null {
  if (!isSluiceError(error) || !ANSWERS.has(error.code)) return null;
  const { code = '000603', sqlState = '42000' } = error.warehouse ?? {};
  return new Raised(kind, Number(code), sqlState, error.message, error);
}

/**
 * What a warehouse answers. A refusal is not among them, nor what people have denied: it ends the block and reaches the client, so that
 * no handler hides it.
 */
const ANSWERS: ReadonlySet<string> = new Set([
  'statement_failed',
  'object_unknown',
  'column_unknown',
  'arguments_invalid',
  'unsupported_by_warehouse',
]);
