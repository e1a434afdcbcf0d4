import type { Trouble as What } from '@sluice/console/desktop-bridge';
import { Notice } from '@sluice/console/design/notice.tsx';
import { WORDS } from './words.ts';

/** What went wrong because of what was just done, and what to do. */
export function Trouble({ error }: { readonly error: What | null }) {
  if (error === null) return null;
  return (
    <Notice means="refused" title={WORDS.failed} isAlert>
      <p>{sentence(error.message)}</p>
      {error.advice !== '' && <p>{sentence(error.advice)}</p>}
    </Notice>
  );
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
