import { isRelayError } from '@sluice/contract';
import { Button } from '../design/button.tsx';
import { Notice } from '../design/notice.tsx';
import { WORDS } from '../words.ts';

export interface FailureProps {
  readonly error: unknown;
  readonly title?: string;
  readonly retry?: () => void;
}

/** What went wrong, in the relay's own words, and what to do. */
export function Failure({ error, title = WORDS.failed, retry }: FailureProps) {
  const message = error instanceof Error ? error.message : String(error);
  const advice = isRelayError(error) ? error.advice : '';
  return (
    <Notice means="refused" title={title} isAlert>
      <p>{sentence(message)}</p>
      {advice !== '' && <p>{sentence(advice)}</p>}
      {retry !== undefined && <Button onClick={retry}>{WORDS.retry}</Button>}
    </Notice>
  );
}

/** Begun with a capital, and ended. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
