import type { BoundExpression } from '../bound/index.ts';
import type { Family } from '../functions/index.ts';
import type { SourceRange } from '../source-range.ts';
import { commonKind, conversionFails, type Kind } from './kinds.ts';
import { joined } from './rope.ts';
import type { ColumnOrigin, Flow } from './state.ts';
import { failing, type Tells } from './tells.ts';

/** What a conversion to a family reveals if it may fail. */
export function conversion(
  flow: Flow,
  { value, kind }: ColumnOrigin,
  to: Family,
  at: SourceRange,
  by?: string,
): Tells {
  return conversionFails(kind, to) ? failing(flow, value, at, by) : null;
}

/** Values that are converted to a common type, before they are compared or one of them is chosen. */
export function together(
  flow: Flow,
  parts: readonly ColumnOrigin[],
  at: SourceRange,
  by?: string,
): { readonly kind: Kind; readonly tells: Tells } {
  const kind = commonKind(parts.map((part) => part.kind));
  if (kind !== null) return { kind, tells: null };
  return { kind: 'unknown', tells: eachFailing(flow, parts, at, by) };
}

export function eachFailing(flow: Flow, parts: readonly ColumnOrigin[], at: SourceRange, by?: string): Tells {
  return joined(parts.map(({ value }) => failing(flow, value, at, by)));
}

/** What is revealed if a text or document composed of these parts may be too long. */
export function growing(
  flow: Flow,
  made: BoundExpression,
  parts: readonly ColumnOrigin[],
  by?: string,
): Tells {
  return flow.growth.isSmall(made) ? null : eachFailing(flow, parts, made.at, by);
}
