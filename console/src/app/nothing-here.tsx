import { Link } from '@tanstack/react-router';
import { Notice } from '../design/notice.tsx';
import { WORDS } from '../words.ts';

export function NothingHere() {
  return (
    <main id="content" className="page">
      <Notice title={WORDS.gone.title}>
        <Link to="/">{WORDS.gone.back}</Link>
      </Notice>
    </main>
  );
}
