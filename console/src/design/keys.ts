import { useEffect, useRef } from 'react';

/** What a key does, by `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, () => void>>;

/**
 * Single keys, for whoever reads with the keyboard. They are silent while something is typed, or a dialog is open, and
 * where the browser has a use of its own for them: what scrolls is marked `data-scrolls`.
 */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      if (isOfBrowser(event)) return;
      const act = current.current[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement && target.type === 'checkbox') return false;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

function isOfBrowser({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if ((key === ' ' || key === 'Enter') && target.closest('button, summary, a') !== null) return true;
  return SCROLLING.test(key) && target.closest('[data-scrolls]') !== null;
}

const SCROLLING = /^(Arrow.*|Home|End| )$/;
