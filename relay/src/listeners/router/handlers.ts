import type { Answer, Route, RouteGroup, Routes, TokenAuthority } from '@sluice/contract';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Identity } from '../../identity/index.ts';

/** One handler for each route of a group: the compiler misses none. */
export type Handlers<Group extends RouteGroup> = {
  readonly [Name in keyof Routes[Group]]: Routes[Group][Name] extends Route
    ? Handler<Routes[Group][Name]>
    : never;
};

export type Handler<Entry extends Route> = (asked: Asked<Entry>) => Promise<Answered<Entry>>;

/** A request, checked. */
export interface Asked<Entry extends Route> {
  readonly params: Entry['params'] extends { schema: infer Schema extends z.ZodType }
    ? z.output<Schema>
    : undefined;
  readonly query: Entry['query'] extends z.ZodType ? z.output<Entry['query']> : undefined;
  /** Of a route that a signature opens, the exact bytes: they are read once the signature is found good. */
  readonly body: Entry['authority'] extends 'signature'
    ? Uint8Array
    : Entry['body'] extends { schema: infer Schema extends z.ZodType }
      ? z.output<Schema>
      : undefined;
  /** Who sent it. */
  readonly by: Entry['authority'] extends TokenAuthority ? Identity : null;
  readonly request: FastifyRequest;
  /** Aborts when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

/** By one of the statuses that the table has. */
export type Answered<Entry extends Route> = {
  [Status in keyof Entry['answers'] & number]: { readonly status: Status } & Content<
    Entry['answers'][Status]
  >;
}[keyof Entry['answers'] & number];

type Content<Of extends Answer> = Of extends { form: 'json'; schema: infer Schema extends z.ZodType }
  ? { readonly body: DeepReadonly<z.input<Schema>> }
  : Of extends { form: 'lines'; schema: infer Schema extends z.ZodType }
    ? { readonly lines: AsyncIterable<DeepReadonly<z.input<Schema>>> }
    : Of extends { form: 'text' }
      ? { readonly text: string }
      : Of extends { form: 'file' }
        ? { readonly chunks: AsyncIterable<string> | readonly Uint8Array[] }
        : Of extends { form: 'redirect' }
          ? { readonly location: URL }
          : Of extends { form: 'raw' }
            ? { readonly response: Response }
            : unknown;

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;
