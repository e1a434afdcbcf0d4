import type { JsonValue } from '@sluice/contract';
import { z } from 'zod';
import { policyDocument } from './document.ts';

/** JSON Schema of the policy file, for editors: `relay/policy.schema.json` is this. */
export function policyJsonSchema(): Readonly<Record<string, JsonValue>> {
  // Without what hangs on a schema and is not JSON.
  return JSON.parse(JSON.stringify(z.toJSONSchema(policyDocument, { io: 'input' })));
}
