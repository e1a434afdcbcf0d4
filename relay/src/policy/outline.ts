import { readYaml } from '../yaml/index.ts';
import { type PolicyDocument, policyDocument, type RuleEntry } from './document.ts';
import { maskWords, ruleSentence, UNMASKED } from './rule-words.ts';

/** A policy for people to read: what each rule says, and where in the file it says so. */
export interface PolicyOutline {
  readonly rules: readonly OutlinedRule[];
  readonly tags: readonly {
    readonly tag: string;
    readonly columns: readonly string[];
    readonly mask: string;
  }[];
}

export interface OutlinedRule {
  readonly name: string;
  readonly effect: RuleEntry['effect'];
  /** In plain English. */
  readonly sentence: string;
  readonly reason: string | null;
  /** 1-based. */
  readonly line: number;
  /** Its own lines of the file. */
  readonly text: string;
}

/** Pure. Null for a text that is no policy. */
export function outlineOf(text: string): PolicyOutline | null {
  const read = readYaml(text, policyDocument);
  if ('problems' in read) return null;
  const { rules, tags, masks, approvers } = read.value;
  const lines = text.split('\n');
  const startOf = (index: number) => {
    const [found] = read.locate([{ path: ['rules', index], message: '' }]);
    return found?.line ?? 1;
  };
  const starts = rules.map((_, index) => startOf(index));
  return {
    rules: rules.map((rule, index): OutlinedRule => {
      const line = starts[index]!;
      return {
        name: rule.name,
        effect: rule.effect,
        sentence: ruleSentence(rule, approversOf(rule, approvers)),
        reason: rule.reason ?? null,
        line,
        text: linesOf(lines, line, starts[index + 1] ?? lines.length + 1),
      };
    }),
    tags: Object.entries(tags).map(([tag, columns]) => ({
      tag,
      columns,
      mask: Object.hasOwn(masks.tags, tag) ? maskWords(masks.tags[tag]!) : UNMASKED,
    })),
  };
}

function approversOf(rule: RuleEntry, approvers: PolicyDocument['approvers']) {
  return rule.effect === 'ask' && Object.hasOwn(approvers, rule.approvers)
    ? approvers[rule.approvers]!
    : null;
}

/** Up to the next rule, or to the next section; without what stands before that. */
function linesOf(lines: readonly string[], from: number, to: number): string {
  const own = lines.slice(from - 1, to - 1);
  const next = own.findIndex((line, index) => index > 0 && /^[^\s#-]/.test(line));
  const rule = next === -1 ? own : own.slice(0, next);
  while (rule.length > 1 && /^\s*(#|$)/.test(rule.at(-1)!)) rule.pop();
  const indent = Math.min(...rule.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return rule.map((line) => line.slice(indent)).join('\n');
}
