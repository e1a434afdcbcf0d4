import { useRelay } from '../relay/relay-provider.tsx';
import { WORDS } from '../words.ts';
import './live-mark.css';

/** Whether what is shown is kept up to date. */
export function LiveMark() {
  const { state } = useRelay();
  return (
    <span className={`live-mark live-mark-${state.type}`} role="status">
      {WORDS.live[state.type]}
    </span>
  );
}
