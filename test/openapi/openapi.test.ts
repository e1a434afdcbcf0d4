import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { allRoutes, nameOf, openApiDocument } from '@sluice/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';

const document = openApiDocument() as unknown as Document;

it('is valid OpenAPI 3.1, by a validator that is not ours', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document) as never)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  // The validator looks at what it is given.
  const broken = { ...structuredClone(document), paths: { '/x': { get: { responses: 1 } } } };
  expect(await new Validator().validate(broken as never)).toMatchObject({ valid: false });
});

it('has every route of the table, each with who may and with every error', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(described.sort()).toEqual(allRoutes().map(nameOf).sort());
  const { get } = document.paths['/api/approvals/{id}']!;
  expect(get!.security).toEqual([{ running: [] }, { deciding: [] }]);
  expect(Object.keys(get!.responses)).toEqual(['200', '400', '401', '404', '421', '429', '500', '503']);
  expect(JSON.stringify(get!.responses['401'])).toContain('identity_revoked');
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

it('refers to nothing that is not in it', () => {
  for (const [, name] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(.*?)"/g)) {
    expect(document.components).toHaveProperty(name!.split('/'));
  }
});

it('is what `sluice openapi` prints', () => {
  const sluice = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
  const printed = execFileSync(process.execPath, [sluice, 'openapi'], {
    maxBuffer: 16 * 1024 * 1024,
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(document)));
});

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

interface Operation {
  readonly operationId: string;
  readonly security: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}
