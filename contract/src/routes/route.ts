import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { type Authority, refusalsOf } from './authority.ts';

/** One route of the relay: everything needed to serve, call, describe and test it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `:name` for each of `params`. */
  readonly path: string;
  readonly authority: Authority;
  /** What it does, in a few words, as an imperative. */
  readonly summary: string;
  readonly params?: {
    readonly schema: z.ZodObject;
    /** The error for a malformed parameter: the same as for something that does not exist. */
    readonly unknown: ErrorCode;
  };
  readonly query?: z.ZodObject;
  readonly body?: RequestBody;
  /** The successful answers, by status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Its errors, in addition to those of every route of its kind; `errorsOf` has both. */
  readonly errors: readonly ErrorCode[];
  /** The form of its errors: `problem+json`, RFC 6749, a page for a person, or as Snowflake's SQL API has them. */
  readonly errorForm: 'problem' | 'oauth' | 'page' | 'snowflake';
  /**
   * Whether a request that got no answer may be retried: because it changes nothing, or because a retry is recognised by
   * its `requestId`.
   */
  readonly repeatable: boolean;
}

export interface RequestBody {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  readonly schema: z.ZodType;
  /** The most bytes. */
  readonly limit: number;
}

export type Answer =
  /** One JSON value. */
  | { readonly form: 'json'; readonly schema: z.ZodType }
  /** A stream of JSON values, one per line. */
  | { readonly form: 'lines'; readonly schema: z.ZodType }
  | { readonly form: 'text'; readonly type: string }
  /** A stream of bytes that are a file, and are checked as such. */
  | { readonly form: 'file'; readonly type: string }
  /** A redirect. */
  | { readonly form: 'redirect' }
  /** Defined by the protocol that the route carries. */
  | { readonly form: 'raw'; readonly types: readonly string[]; readonly schema?: z.ZodType }
  | { readonly form: 'nothing' };

/** Whether it is one of the relay's own API, and not of a protocol of others that begins alike. */
export function isOwnApi({ path }: Pick<Route, 'path'>): boolean {
  return path.startsWith('/api/') && !path.startsWith('/api/v2/');
}

/** `METHOD /path`. */
export function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** Every error code that a route may return, sorted. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const { authority, params, body, errors } = route;
  const codes = new Set<ErrorCode>([
    ...refusalsOf(authority),
    ...errors,
    ...ANY,
    ...(params === undefined ? [] : [params.unknown]),
    ...(body === undefined ? [] : (['request_too_large', 'media_type_unsupported'] as const)),
  ]);
  return [...codes].sort();
}

/** The errors of the listener, of the record, and of the relay itself. */
const ANY = [
  'rate_limited',
  'request_misdirected',
  'request_malformed',
  'client_too_old',
  'relay_too_old',
  'record_unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];

/** The most bytes of a body. */
const SMALL = 512 * 1024;

/** A read-only route of the JSON API, with `problem+json` for errors. */
export function get<const Rest extends GetRest>(path: string, rest: Rest) {
  return made('GET', path, true, rest);
}

export function post<const Rest extends PostRest>(path: string, rest: Rest) {
  return made('POST', path, false, rest);
}

/** Not repeatable: something already gone is answered like something unknown, so a retry would seem to fail. */
export function remove<const Rest extends GetRest>(path: string, rest: Rest) {
  return made('DELETE', path, false, rest);
}

type Optional = 'errors' | 'errorForm' | 'repeatable';
type GetRest = Omit<Route, 'method' | 'path' | 'body' | Optional> & Partial<Pick<Route, Optional>>;
type PostRest = GetRest & Pick<Route, 'body'>;

function made<Method extends Route['method'], const Rest extends PostRest>(
  method: Method,
  path: string,
  repeatable: boolean,
  rest: Rest,
): Pick<Route, Exclude<Optional, keyof Rest>> & Rest & { readonly method: Method; readonly path: string } {
  const defaults = { errors: [], errorForm: 'problem', repeatable } as const;
  return { ...defaults, ...rest, method, path } as never;
}

export function jsonBody<Schema extends z.ZodType>(schema: Schema, limit = SMALL) {
  return { type: 'application/json', schema, limit } as const;
}

export function json<Schema extends z.ZodType>(schema: Schema) {
  return { form: 'json', schema } as const;
}

export function lines<Schema extends z.ZodType>(schema: Schema) {
  return { form: 'lines', schema } as const;
}

export function file(type: string) {
  return { form: 'file', type } as const;
}

export const nothing = { form: 'nothing' } as const;
