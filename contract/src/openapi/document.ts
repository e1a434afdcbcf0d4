import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors.ts';
import { problem, PROBLEM_TYPE, problemFor } from '../problem.ts';
import type { Authority } from '../routes/authority.ts';
import { type Answer, errorsOf, isOwnApi, type Route } from '../routes/route.ts';
import { ROUTES } from '../routes/routes.ts';
import { oauthError } from '../sign-in.ts';
import { sqlApiFailure, sqlApiStatusOf } from '../sql-api.ts';
import { API_VERSION, API_VERSION_HEADER } from '../versions.ts';
import { COMPONENTS } from './components.ts';

/** A JSON Schema, or any other part of the document. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/** The API as an OpenAPI 3.1 document, generated from the table of routes: `sluice openapi`. */
export function openApiDocument(): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [group, routes] of Object.entries(ROUTES)) {
    for (const [name, route] of Object.entries<Route>(routes)) {
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
      paths[path] ??= {};
      paths[path][route.method.toLowerCase()] = operation(group, name, route);
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Sluice',
      version: String(API_VERSION),
      description:
        'The API of a Sluice relay. Requests and answers are JSON, and are authenticated with a bearer token. Errors are ' +
        '`application/problem+json` with a `code` (docs/errors.md). Unknown members of a request are refused; answers may ' +
        'gain members, so ignore those that you do not know. Snowflake’s driver protocol and the live channel ' +
        '(docs/live-channel.md) are not part of this document.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'the relay' }],
    tags: Object.keys(ROUTES).map((name) => ({ name })),
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: SECURITY,
      parameters: { ApiVersion: VERSION },
    },
  };
}

const SECURITY: JsonObject = {
  running: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of a trusted issuer for running SQL: what an agent holds.',
  },
  deciding: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token for deciding, issued for a recent sign-in. It cannot run SQL.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: 'Over `webhook-id`, `webhook-timestamp` and the exact bytes, as Standard Webhooks specify.',
  },
};

const VERSION: JsonObject = {
  name: API_VERSION_HEADER,
  in: 'header',
  required: false,
  description:
    'The API version that the program speaks. A version that is not served is answered with what to do.',
  schema: { type: 'integer', minimum: 1 },
  example: API_VERSION,
};

function operation(group: string, name: string, route: Route): JsonObject {
  const { summary, authority, body } = route;
  const parameters = parametersOf(route);
  return {
    operationId: `${group}.${name}`,
    summary,
    tags: [group],
    security: securityOf(authority),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [body.type]: { schema: schemaOf(body.schema, 'input') } },
          },
        }),
    responses: responsesOf(route),
  };
}

function securityOf(authority: Authority): Json {
  switch (authority) {
    case 'anyone':
      return [];
    case 'signature':
      return [{ signature: [] }];
    case 'run':
      return [{ running: [] }];
    case 'own':
      return [{ running: [] }, { deciding: [] }];
    case 'watch':
    case 'vote':
    case 'decide':
      return [{ deciding: [] }];
    default:
      return authority satisfies never;
  }
}

function parametersOf({ path, params, query }: Route): Json[] {
  return [
    ...parts('path', params?.schema),
    ...parts('query', query),
    ...(isOwnApi({ path }) && path !== ROUTES.about.read.path
      ? [{ $ref: '#/components/parameters/ApiVersion' }]
      : []),
  ];
}

function parts(place: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success,
    schema: schemaOf(field as z.ZodType, 'output'),
  }));
}

/** By status: the successful answers, and every error that the route may return, each with an example. */
function responsesOf(route: Route): JsonObject {
  const found: Record<string, { description: string; content: Record<string, Json> }> = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    found[status] = { description: SAID[status] ?? 'The answer.', content: contentOf(answer) };
  }
  const byStatus = Map.groupBy(errorsOf(route), (code) => statusOf(route, code));
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    const known = (found[status] ??= { description: codes.map(meaningOf).join(' '), content: {} });
    Object.assign(known.content, errorContent(route, codes));
  }
  return Object.fromEntries(
    Object.entries(found).map(([status, { description, content }]) => [
      status,
      Object.keys(content).length === 0 ? { description } : { description, content },
    ]),
  );
}

function statusOf({ errorForm }: Route, code: ErrorCode): number {
  return errorForm === 'snowflake' ? sqlApiStatusOf(code) : ERRORS[code].status;
}

const SAID: Readonly<Record<string, string>> = {
  200: 'It went well.',
  201: 'It is there now.',
  202: 'It is under way, and not finished.',
  204: 'It is done.',
  303: 'Go on there.',
  408: 'It ran for too long, and was stopped.',
  422: 'It failed, or was refused.',
  503: 'Not now.',
};

function contentOf(answer: Answer): Record<string, Json> {
  switch (answer.form) {
    case 'json':
      return { 'application/json': { schema: schemaOf(answer.schema, 'output') } };
    case 'lines':
      return {
        'application/x-ndjson': {
          schema: schemaOf(answer.schema, 'output'),
        },
      };
    case 'text':
      return { [answer.type]: { schema: { type: 'string' } } };
    case 'file':
      return { [answer.type]: {} };
    case 'raw':
      return Object.fromEntries(
        answer.types.map((type) => [
          type,
          answer.schema === undefined ? {} : { schema: schemaOf(answer.schema, 'output') },
        ]),
      );
    case 'redirect':
    case 'nothing':
      return {};
    default:
      return answer satisfies never;
  }
}

function errorContent({ errorForm }: Route, codes: readonly ErrorCode[]): Record<string, Json> {
  if (errorForm === 'page') return { 'text/html': { schema: { type: 'string' } } };
  if (errorForm === 'oauth') return { 'application/json': { schema: schemaOf(oauthError, 'output') } };
  if (errorForm === 'snowflake') return { 'application/json': { schema: schemaOf(sqlApiFailure, 'output') } };
  const schema = {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { code: { type: 'string', enum: codes } } },
    ],
  };
  const examples = Object.fromEntries(
    codes.map((code) => [
      code,
      {
        summary: meaningOf(code),
        value: { ...problemFor(code, { detail: meaningOf(code), advice: ERRORS[code].advice }) },
      },
    ]),
  );
  return { [PROBLEM_TYPE]: { schema, examples } };
}

function meaningOf(code: ErrorCode): string {
  return ERRORS[code].meaning;
}

/** A named component is written once and referenced. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const name = io === 'output' ? NAMES.get(schema) : undefined;
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  return withoutPlace(z.toJSONSchema(schema, { io, unrepresentable: 'any' }));
}

/** Within the document, a schema's dialect and address are those of the document. */
function withoutPlace({
  $schema: _dialect,
  $id: _address,
  ...schema
}: z.core.JSONSchema.BaseSchema): JsonObject {
  return schema as JsonObject;
}

function componentSchemas(): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of NAMES) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'output',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutPlace(schema)]));
}

const NAMES: ReadonlyMap<z.ZodType, string> = new Map([
  ...Object.entries(COMPONENTS).map(([name, schema]): [z.ZodType, string] => [schema, name]),
  [problem, 'Problem'],
]);
