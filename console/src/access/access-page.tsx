import { Link, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Tabs } from '../design/tabs.tsx';
import { WORDS } from '../words.ts';
import { Devices } from './devices.tsx';
import { Grants } from './grants.tsx';
import { Revocations } from './revocations.tsx';
import { ACCESS_TABS } from './search.ts';
import { WhoSees } from './who-sees.tsx';
import './access-page.css';

/** Who may see what and why, and what can be taken back: grants, people, devices. */
export function AccessPage() {
  const { tab = 'who' } = useSearch({ from: '/access' });
  const words = WORDS.access.tabs;
  useEffect(() => {
    document.title = `${words[tab]} · ${WORDS.product}`;
  }, [tab, words]);
  return (
    <main id="content" className="page access">
      <Tabs label={words.label}>
        {ACCESS_TABS.map((one) => (
          <Link
            key={one}
            to="/access"
            search={one === 'who' ? {} : { tab: one }}
            aria-current={one === tab ? 'page' : undefined}
            activeOptions={{ exact: true, includeSearch: true }}
          >
            {words[one]}
          </Link>
        ))}
      </Tabs>
      {tab === 'who' && <WhoSees />}
      {tab === 'grants' && <Grants />}
      {tab === 'revocations' && <Revocations />}
      {tab === 'devices' && <Devices />}
    </main>
  );
}
