import { useState } from 'react';
import { WORDS } from '../words.ts';
import { Button } from './button.tsx';

export function CopyButton({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(text));
  return (
    <Button look="quiet" onClick={copy}>
      <span aria-live="polite">{copied === text ? WORDS.request.copied : WORDS.request.copy}</span>
    </Button>
  );
}
