import { useState } from 'react';

/** What somebody writes, kept in this tab: a reload, or a sign-in that ends, loses none of it. */
export function useKeptDraft(inForce: string) {
  const [kept, setKept] = useState(read);
  const keep = (next: KeptDraft | null) => {
    if (next === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(next));
    setKept(next);
  };
  const draft = kept ?? { text: inForce, cases: '' };
  return {
    draft,
    write: (part: Partial<KeptDraft>) => keep({ ...draft, ...part }),
    discard: () => keep(null),
  };
}

interface KeptDraft {
  readonly text: string;
  readonly cases: string;
}

const KEY = 'sluice.policy-draft';

function read(): KeptDraft | null {
  const found: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  if (typeof found !== 'object' || found === null || !('text' in found) || !('cases' in found)) return null;
  const { text, cases } = found;
  return typeof text === 'string' && typeof cases === 'string' ? { text, cases } : null;
}
