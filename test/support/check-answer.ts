import { allRoutes, openApiDocument } from '@sluice/contract';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/**
 * Throws when a relay's answer is not as its OpenAPI document says: another status, another type, other members, an
 * error that is not named there. What the document does not describe is not looked at.
 */
export function createAnswerCheck(): (
  method: string,
  path: string,
  response: Answered,
  text: string,
) => void {
  const document = openApiDocument();
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addFormat('base64', /^[A-Za-z0-9+/]*={0,2}$/);
  ajv.addSchema(document, 'api');
  const compiled = new Map<string, ValidateFunction>();
  const validator = (pointer: string) => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  const routes = allRoutes().map((route) => ({
    ...route,
    pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
  }));

  return (method, path, { status, headers }, text) => {
    const { pathname } = new URL(path, 'http://relay');
    const route = routes.find((route) => route.method === method && route.pattern.test(pathname));
    if (route === undefined) return;
    const what = `${method} ${route.path} answered ${status}`;
    const described = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const operation = at(document, ['paths', described, method.toLowerCase()]);
    const answer = at(operation, ['responses', String(status)]);
    if (answer === undefined) throw new Error(`${what}, which is not in the document: ${text}`);
    const content = at(answer, ['content']) ?? {};
    if (text === '' && Object.keys(content).length === 0) return;
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    if (!Object.hasOwn(content, type)) throw new Error(`${what} as ${type}, which is not in the document`);
    if (at(content, [type, 'schema']) === undefined || !type.endsWith('json')) return;
    const pointer = [
      'paths',
      described,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      type,
      'schema',
    ];
    const check = validator(
      pointer.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    );
    const values = type === 'application/x-ndjson' ? text.split('\n').filter((line) => line !== '') : [text];
    for (const value of values) {
      if (!check(JSON.parse(value))) throw new Error(`${what}: ${ajv.errorsText(check.errors)}: ${value}`);
    }
  };
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
}

function at(value: unknown, path: readonly string[]): object | undefined {
  return path.reduce<unknown>(
    (found, step) => (found as Readonly<Record<string, unknown>> | undefined)?.[step],
    value,
  ) as object | undefined;
}
