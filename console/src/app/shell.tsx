import { Link } from '@tanstack/react-router';
import { type ReactNode, useCallback, useState } from 'react';
import type { ApprovalSummary } from '@sluice/contract';
import { Button } from '../design/button.tsx';
import { useKeys } from '../design/keys.ts';
import { Mark } from '../design/mark.tsx';
import { useHost } from '../host/host.ts';
import { useLiveLooking } from '../looking/looking.ts';
import { usePending, useLiveApprovals } from '../relay/approvals.ts';
import { useSelf } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { LiveMark } from './live-mark.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import './shell.css';

export interface ShellProps {
  /** Of whoever has signed in, if it is known. */
  readonly name: string | null;
  readonly children: ReactNode;
}

/** What stands around every page: where one is, whether it is live, and who one is. */
export function Shell({ name, children }: ShellProps) {
  const host = useHost();
  const isRelay = host.reach === 'relay';
  const [arrived, setArrived] = useState<ApprovalSummary | null>(null);
  const [showsKeys, setShowsKeys] = useState(false);
  useLiveApprovals(useCallback((approval) => setArrived(approval), []));
  useLiveLooking();
  useKeys({ '?': () => setShowsKeys(true) });
  const { data: pending = [] } = usePending();
  const { data: self } = useSelf();
  // A sign-in by SAML says no name to the page; the relay knows it.
  const shownName = name ?? self?.identity.name ?? null;
  return (
    <>
      <a className="skip" href="#content">
        {WORDS.skip}
      </a>
      <header className="shell">
        <Link to="/" className="shell-name">
          <Mark size={20} />
          {WORDS.product}
        </Link>
        <nav aria-label={WORDS.nav.label}>
          {isRelay && (
            <Link to="/" activeOptions={{ exact: true }}>
              {WORDS.nav.inbox}
              {pending.length > 0 && <span className="shell-count">{pending.length}</span>}
            </Link>
          )}
          <Link to="/sessions">{WORDS.nav.sessions}</Link>
          {self?.may.audit === true && <Link to="/overview">{WORDS.nav.overview}</Link>}
          {self?.may.audit === true && <Link to="/policy">{WORDS.nav.policy}</Link>}
          {isRelay && <Link to="/access">{WORDS.nav.access}</Link>}
        </nav>
        <div className="shell-end">
          {isRelay ? <LiveMark /> : <span className="shell-person">{WORDS.nav.downloads}</span>}
          <ThemeChoice />
          {shownName !== null && <span className="shell-person">{shownName}</span>}
          {isRelay && (
            <Button look="quiet" onClick={host.signOut}>
              {WORDS.signIn.out}
            </Button>
          )}
        </div>
      </header>
      <p className="visually-hidden" role="status">
        {arrived !== null && WORDS.inbox.arrived(arrived.sentence)}
      </p>
      {children}
      <KeysDialog isOpen={showsKeys} onClose={() => setShowsKeys(false)} />
    </>
  );
}
