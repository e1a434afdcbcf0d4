import { useEffect, useState } from 'react';

/**
 * Whether something has been in view for long enough to have been seen. A press that was meant for what stood there before
 * decides nothing.
 */
export function useSettled(what: string): boolean {
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(what), LOOKED_AT_MS);
    return () => clearTimeout(timer);
  }, [what]);
  return settled === what;
}

const LOOKED_AT_MS = 700;
