import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';
import { type Authority, refusalsOf } from './authority.ts';

/** One route of the relay: all that whoever serves it, calls it, describes it or tests it has to know. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `:name` for each of `params`. */
  readonly path: string;
  readonly authority: Authority;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly params?: {
    readonly schema: z.ZodObject;
    /** What somebody is told who names what cannot be: the same as of what is not there. */
    readonly unknown: ErrorCode;
  };
  readonly query?: z.ZodObject;
  readonly body?: RequestBody;
  /** By status, when it went well. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** What it refuses with, beside what any route of its kind does: `errorsOf` has both. */
  readonly errors: readonly ErrorCode[];
  /** How an error is answered: `problem+json`, or as RFC 6749 has it, or as a page for a person. */
  readonly errorForm: 'problem' | 'oauth' | 'page';
  /**
   * Whether a request that got no answer may be sent again: it changes nothing, or a repeat is known by its
   * `requestId`.
   */
  readonly repeatable: boolean;
}

export interface RequestBody {
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  readonly schema: z.ZodType;
  /** Bytes at most. */
  readonly limit: number;
}

export type Answer =
  /** One JSON value. */
  | { readonly form: 'json'; readonly schema: z.ZodType }
  /** Values of it, one JSON text a line, as they come. */
  | { readonly form: 'lines'; readonly schema: z.ZodType }
  | { readonly form: 'text'; readonly type: string }
  /** To another address. */
  | { readonly form: 'redirect' }
  /** Whatever the protocol within says. */
  | { readonly form: 'raw'; readonly types: readonly string[] }
  | { readonly form: 'nothing' };

/** `METHOD /path`, as everybody calls a route. */
export function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** Every code that a route may answer with, sorted. */
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

/** The door's, the record's, and those of the relay itself. */
const ANY = [
  'rate_limited',
  'request_misdirected',
  'request_malformed',
  'client_too_old',
  'relay_too_old',
  'record_unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];

/** Bytes of a body. */
const SMALL = 512 * 1024;

/** A route of the API proper: JSON in, JSON out, `problem+json` when it goes wrong. It changes nothing. */
export function get<const Rest extends GetRest>(path: string, rest: Rest) {
  return made('GET', path, true, rest);
}

export function post<const Rest extends PostRest>(path: string, rest: Rest) {
  return made('POST', path, false, rest);
}

/** Not repeatable: what is gone already answers as what never was, and a repeat would be told that it failed. */
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

export const nothing = { form: 'nothing' } as const;
