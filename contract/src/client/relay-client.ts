import type { z } from 'zod';
import type { Answer, Route } from '../routes/route.ts';
import { type RouteGroup, type Routes, ROUTES } from '../routes/routes.ts';
import type { CallOptions, ClientOptions, Input } from './options.ts';
import { send } from './send.ts';

/**
 * A client of the relay's API, with a method for each route that is meant for programs, grouped and named as in the table:
 * `client.approvals.read({ params: { id } })`. It works wherever `fetch` exists: in Node, browsers and editors.
 *
 * Every method rejects with a `RelayError`, or with the reason of the caller's signal.
 */
export type RelayClient = {
  readonly [Group in ClientGroup]: {
    readonly [Name in keyof Routes[Group]]: Routes[Group][Name] extends Route
      ? Call<Routes[Group][Name]>
      : never;
  };
};

/** The routes that programs can call with plain HTTP and JSON. */
export type ClientGroup = Exclude<RouteGroup, (typeof OTHERS)[number]>;

/** Of protocols of others. */
const OTHERS = ['callbacks', 'mcp', 'oauth', 'saml', 'sqlApi'] as const satisfies readonly RouteGroup[];

export function createRelayClient(options: ClientOptions): RelayClient {
  const groups = (Object.keys(ROUTES) as RouteGroup[]).filter(isForPrograms);
  return Object.fromEntries(
    groups.map((group) => [
      group,
      Object.fromEntries(
        Object.entries<Route>(ROUTES[group]).map(([name, route]) => [
          name,
          async (input: Input = {}, call: CallOptions = {}) => await send(options, route, input, call),
        ]),
      ),
    ]),
  ) as unknown as RelayClient;
}

type Call<Entry extends Route> =
  // The argument is optional where no part of it is required.
  Partial<InputOf<Entry>> extends InputOf<Entry>
    ? (input?: InputOf<Entry>, options?: CallOptions) => Promise<OutputOf<Entry>>
    : (input: InputOf<Entry>, options?: CallOptions) => Promise<OutputOf<Entry>>;

type InputOf<Entry extends Route> = (Entry['params'] extends { schema: infer Schema extends z.ZodType }
  ? { readonly params: z.input<Schema> }
  : unknown) &
  (Entry['query'] extends z.ZodType
    ? Partial<z.input<Entry['query']>> extends z.input<Entry['query']>
      ? { readonly query?: z.input<Entry['query']> }
      : { readonly query: z.input<Entry['query']> }
    : unknown) &
  (Entry['body'] extends { schema: infer Schema extends z.ZodType }
    ? { readonly body: z.input<Schema> }
    : unknown);

type OutputOf<Entry extends Route> = {
  [Status in keyof Entry['answers']]: ValueOf<Entry['answers'][Status]>;
}[keyof Entry['answers']];

type ValueOf<Of> = Of extends { form: 'json'; schema: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : Of extends { form: 'lines'; schema: infer Schema extends z.ZodType }
    ? AsyncIterable<z.output<Schema>>
    : Of extends { form: 'file' }
      ? AsyncIterable<Uint8Array>
      : Of extends Answer
        ? undefined
        : never;

function isForPrograms(group: RouteGroup): group is ClientGroup {
  return !(OTHERS as readonly RouteGroup[]).includes(group);
}
