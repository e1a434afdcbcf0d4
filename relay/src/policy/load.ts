import { createHash } from 'node:crypto';
import { compilePolicy } from './compile.ts';
import { policyDocument } from './document.ts';
import type { Policy } from './policy.ts';
import { type Problem, readYaml } from '../yaml/index.ts';

export type LoadedPolicy =
  | { readonly policy: Policy; readonly problems?: never }
  | { readonly policy?: never; readonly problems: readonly Problem[] };

/** Reads a policy from YAML. Pure. All problems come at once, in the order of the text. */
export function loadPolicy(text: string): LoadedPolicy {
  const read = readYaml(text, policyDocument);
  if ('problems' in read) return { problems: read.problems };
  const version = createHash('sha256').update(text).digest('hex');
  const compiled = compilePolicy(read.value, version, text);
  return 'issues' in compiled ? { problems: read.locate(compiled.issues) } : { policy: compiled.policy };
}
