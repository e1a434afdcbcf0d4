import type { Explanation } from '@sluice/contract';
import type { Script, ScriptStatement, Span } from './script.ts';
import { SQL_WORDS as WORDS } from './words.ts';

/** Something that a text is marked with, at a place of it. */
export interface Finding extends Span {
  readonly kind: 'syntax' | 'blocked' | 'approval' | 'masked' | 'predicate' | 'unknown' | 'substituted';
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** The policy's rule, or the built-in one, that it is for. */
  readonly rule: string | null;
}

/** What can be said of a text without asking anybody. */
export function syntaxFindings({ problems }: Script, text: string): readonly Finding[] {
  return problems.map(({ start, end, message }) => ({
    ...visible(text, { start, end }),
    kind: 'syntax',
    severity: 'error',
    message: sentence(message),
    rule: null,
  }));
}

/**
 * What the relay says of one statement, each where it lies.
 * @param text - the whole text, of which the statement is a part
 */
export function explainedFindings(
  explanation: Explanation,
  text: string,
  statement: Pick<ScriptStatement, 'start' | 'end' | 'broken' | 'createdBefore'>,
): readonly Finding[] {
  const { reasons, asks, error, decision } = explanation;
  // What does not parse has been said already, with every mistake of it.
  if (error?.code === 'statement_syntax' && statement.broken) return [];
  const unknown = error !== null && UNKNOWN.has(error.code);
  // Where a rule's own words stand, that no other rule lets it through says nothing more.
  const isSaid = ({ rule, place }: (typeof reasons)[number]) =>
    rule === 'default' &&
    reasons.some(
      (other) => other.rule !== rule && other.place.start === place.start && other.place.end === place.end,
    );
  const told = reasons
    .filter((reason) => !isSaid(reason))
    .map(({ effect, rule, reason, place, advice }): Finding => {
      const span = within(text, statement, place);
      const further = advice === undefined ? '' : `\n${WORDS.advice(advice)}`;
      if (unknown) {
        const isMade = statement.createdBefore > 0 && error.code === 'object_unknown';
        const words = isMade ? WORDS.notThereYet : WORDS.notThere;
        return {
          ...span,
          kind: 'unknown',
          severity: isMade ? 'information' : 'error',
          message: words(sentence(error.message)),
          rule,
        };
      }
      if (effect === 'ask') {
        const approvers = (asks?.approvers ?? []).join(', ');
        return {
          ...span,
          kind: 'approval',
          severity: 'warning',
          message: WORDS.asks(approvers, rule, reason) + further,
          rule,
        };
      }
      const kind = isPredicate(explanation, place) ? 'predicate' : 'blocked';
      return { ...span, kind, severity: 'error', message: WORDS.blocked(rule, reason) + further, rule };
    });
  if (decision.effect === 'block') return told;
  return [
    ...told,
    ...maskFindings(explanation, text, statement),
    ...substituteFindings(explanation, text, statement),
  ];
}

const UNKNOWN: ReadonlySet<string> = new Set(['object_unknown', 'column_unknown', 'column_ambiguous']);

/** Whether the reason is what the statement does with a column beside returning it. */
function isPredicate({ uses }: Explanation, place: Span): boolean {
  return uses.some((use) => use.place.start === place.start && use.place.end === place.end);
}

/** One for each item of the SELECT: a `*` may return many that are masked. */
function maskFindings(
  { decision, understanding, outputPlaces }: Explanation,
  text: string,
  statement: Span,
): readonly Finding[] {
  const items = new Map<
    string,
    { readonly place: Span; readonly masks: (typeof decision.masks)[number][] }
  >();
  for (const mask of decision.masks) {
    const place = outputPlaces[mask.output];
    if (place === undefined) continue;
    const key = `${place.start} ${place.end}`;
    const item = items.get(key) ?? { place, masks: [] };
    item.masks.push(mask);
    items.set(key, item);
  }
  return [...items.values()].map(({ place, masks }) => {
    const names = masks.map(({ output }) => understanding.outputs[output]?.name ?? '');
    const because = [...new Set(masks.map((mask) => mask.because))].join('; ');
    const message =
      masks.length === 1
        ? WORDS.masked(names[0]!, masks[0]!.method, because)
        : WORDS.maskedMany(names, because);
    return {
      ...within(text, statement, place),
      kind: 'masked',
      severity: 'information',
      message,
      rule: decision.rule,
    };
  });
}

/** What is computed on tokens or blanks, where it is used. */
function substituteFindings(
  { decision: { computedOn, rule }, outputPlaces, uses }: Explanation,
  text: string,
  statement: Span,
): readonly Finding[] {
  if (computedOn === undefined) return [];
  const { rows, outputs } = computedOn;
  const made = outputs.flatMap(({ output, on, because }) => {
    const place = outputPlaces[output];
    return place === undefined ? [] : [{ place, on, because }];
  });
  const used = rows === null ? [] : uses.filter(({ column }) => rows.because.includes(column));
  return [...made, ...used.map(({ place }) => ({ place, on: rows!.on, because: rows!.because }))].map(
    ({ place, on, because }) => ({
      ...within(text, statement, place),
      kind: 'substituted',
      severity: 'information',
      message: WORDS.computedOn(on, because),
      rule,
    }),
  );
}

function within(text: string, { start, end }: Span, place: Span): Span {
  return visible(text, {
    start: start + Math.min(place.start, end - start),
    end: start + Math.min(place.end, end - start),
  });
}

/** A mark on nothing is not seen: at the end of a text it is on the last character before it. */
function visible(text: string, { start, end }: Span): Span {
  if (end > start) return { start, end };
  if (start < text.length && !/\s/.test(text[start]!)) return { start, end: start + 1 };
  const before = text.slice(0, start).trimEnd().length;
  return before === 0 ? { start, end } : { start: before - 1, end: before };
}

function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
