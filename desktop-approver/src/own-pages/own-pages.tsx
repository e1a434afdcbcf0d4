import { Notice } from '@sluice/console/design/notice.tsx';
import { type ReactNode, useEffect, useState } from 'react';
import { AlarmPage } from './alarm-page.tsx';
import { type App, AppContext, useAppState } from './app.ts';
import { DownloadsPage } from './downloads-page.tsx';
import { RelaysPage } from './relays-page.tsx';
import { SettingsPage } from './settings-page.tsx';
import { WORDS } from './words.ts';

/** The pages of the app itself: few, and each stands at an address, by which the main process opens it. */
export function OwnPages({ app }: { readonly app: App }) {
  return (
    <AppContext value={app}>
      <Pages />
    </AppContext>
  );
}

function Pages() {
  const [path, setPath] = useState(location.pathname);
  const { relays, notices } = useAppState();
  useEffect(() => {
    const shown = () => setPath(location.pathname);
    addEventListener('popstate', shown);
    return () => removeEventListener('popstate', shown);
  }, []);
  const alarmed = relays.find(({ alarm }) => alarm !== null);
  if (path === '/alarm' && alarmed !== undefined) return <AlarmPage key={alarmed.id} relay={alarmed} />;
  const go = (to: string) => {
    history.pushState(null, '', to);
    setPath(to);
  };
  const link = (to: string, label: ReactNode) => (
    <a
      href={to}
      aria-current={path === to ? 'page' : undefined}
      onClick={(event) => {
        event.preventDefault();
        go(to);
      }}
    >
      {label}
    </a>
  );
  return (
    <>
      <header className="own-top">
        <span className="own-name">{WORDS.product}</span>
        <nav aria-label={WORDS.pages}>
          {link('/relays', WORDS.relays)}
          {link('/downloads', WORDS.downloadsLink)}
          {link('/settings', WORDS.settings)}
        </nav>
      </header>
      <main className="own-page" id="content">
        {path === '/alarm' && <Notice title={WORDS.alarm.none} />}
        {notices.map((notice) => (
          <Notice key={notice} means="waits" title={WORDS.noticed}>
            {notice}
          </Notice>
        ))}
        {path === '/settings' ? <SettingsPage /> : path === '/downloads' ? <DownloadsPage /> : <RelaysPage />}
      </main>
    </>
  );
}
