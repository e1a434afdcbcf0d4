import { useEffect, useState } from 'react';

/** Whether the page is in view, and somebody has moved, typed or scrolled in it lately. */
export function useIsThere(): boolean {
  const [isThere, setIsThere] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const away = () => setIsThere(false);
    const seen = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        setIsThere(true);
        timer = setTimeout(away, IDLE_MS);
      } else away();
    };
    seen();
    document.addEventListener('visibilitychange', seen);
    for (const sign of SIGNS) addEventListener(sign, seen, { passive: true, capture: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      for (const sign of SIGNS) removeEventListener(sign, seen, { capture: true });
    };
  }, []);
  return isThere;
}

const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'scroll', 'focus'] as const;

/** A request is read in less: whoever has not stirred for so long has gone for a coffee. */
const IDLE_MS = 3 * 60_000;
