import { type AskTerms, GRANT_ROWS } from './decision.ts';
import type { Finding } from './findings.ts';
import { joined, revealed, shown } from '../text/index.ts';

/**
 * Several rules may ask at once: one request then has to satisfy all of them. The people who may decide are
 * those whom every rule names; where there are none, nobody can, and the statement is refused (`ask: null`).
 */
export function mergeAsks(findings: readonly Finding[]): Finding {
  const first = findings[0]!;
  const reason = joined([...new Set(findings.map((finding) => finding.reason))], '; ');
  const merged = findings
    .map(({ ask }) => ask)
    .reduce((one, two) => (one === null || two === null ? null : bothTerms(one, two)));
  if (merged === null || merged.approvers.length === 0) {
    const rules = joined([...new Set(findings.map(({ rule }) => shown`\`${revealed(rule)}\``))], ', ');
    return {
      ...first,
      ask: null,
      reason: shown`${rules} ask different people, and nobody may decide for all: ${reason}`,
    };
  }
  return { ...first, reason, ask: merged };
}

function bothTerms(one: AskTerms, two: AskTerms): AskTerms {
  return {
    approvers: one.approvers.filter((group) => two.approvers.includes(group)),
    needed: Math.max(one.needed, two.needed),
    expiresAfterSeconds: Math.min(one.expiresAfterSeconds, two.expiresAfterSeconds),
    validForSeconds: Math.min(one.validForSeconds, two.validForSeconds),
    escalate: bothEscalations(one.escalate, two.escalate),
    signed: one.signed || two.signed,
    signIn: {
      withinSeconds: Math.min(one.signIn.withinSeconds, two.signIn.withinSeconds),
      acr: bothKinds(one.signIn.acr, two.signIn.acr),
    },
    ...bothGrants(one, two),
  };
}

/** Null is any. Two that have none in common leave none: then nobody's sign-in will do. */
function bothKinds(
  one: AskTerms['signIn']['acr'],
  two: AskTerms['signIn']['acr'],
): AskTerms['signIn']['acr'] {
  if (one === null || two === null) return one ?? two;
  return one.filter((kind) => two.includes(kind));
}

/** Only where every rule lets people grant, or ask ahead; no longer, and for no more rows, than any of them. */
function bothGrants(
  one: AskTerms,
  two: AskTerms,
): Pick<AskTerms, 'grantUpToSeconds' | 'accessUpToSeconds' | 'grantRows'> {
  const grantUpToSeconds = both(one.grantUpToSeconds, two.grantUpToSeconds);
  const accessUpToSeconds = both(one.accessUpToSeconds, two.accessUpToSeconds);
  if (grantUpToSeconds === undefined && accessUpToSeconds === undefined) return {};
  const namesRows = one.grantRows !== undefined || two.grantRows !== undefined;
  return {
    ...(grantUpToSeconds === undefined ? {} : { grantUpToSeconds }),
    ...(accessUpToSeconds === undefined ? {} : { accessUpToSeconds }),
    ...(namesRows ? { grantRows: Math.min(one.grantRows ?? GRANT_ROWS, two.grantRows ?? GRANT_ROWS) } : {}),
  };
}

function both(one: number | undefined, two: number | undefined): number | undefined {
  return one === undefined || two === undefined ? undefined : Math.min(one, two);
}

function bothEscalations(one: AskTerms['escalate'], two: AskTerms['escalate']): AskTerms['escalate'] {
  if (one === null || two === null) return null;
  const to = one.to.filter((group) => two.to.includes(group));
  return to.length === 0 ? null : { afterSeconds: Math.max(one.afterSeconds, two.afterSeconds), to };
}
