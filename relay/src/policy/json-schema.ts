import { z } from 'zod';
import { policyDocument } from './document.ts';

/** JSON Schema of the policy file, for editors: `relay/policy.schema.json` is this. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policyDocument, { io: 'input' });
}
