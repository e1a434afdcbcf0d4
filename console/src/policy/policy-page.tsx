import { Link, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Tabs } from '../design/tabs.tsx';
import { Failure } from '../relay/failure.tsx';
import { useSelf } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { CoverageList } from './coverage-list.tsx';
import { Draft } from './draft.tsx';
import { Rules } from './rules.tsx';
import { POLICY_TABS } from './search.ts';
import './policy-page.css';

/** The rules in force, what they leave out, and drafts of others. */
export function PolicyPage() {
  const { tab = 'rules' } = useSearch({ from: '/policy' });
  const self = useSelf();
  const words = WORDS.policy;
  useEffect(() => {
    document.title = `${words.tabs[tab]} · ${WORDS.product}`;
  }, [tab, words]);
  return (
    <main id="content" className="page policy">
      <Tabs label={words.tabs.label}>
        {POLICY_TABS.map((one) => (
          <Link
            key={one}
            to="/policy"
            search={one === 'rules' ? {} : { tab: one }}
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={one === tab ? 'page' : undefined}
          >
            {words.tabs[one]}
          </Link>
        ))}
      </Tabs>
      {self.data === undefined ? (
        <>
          <h1>{words.title}</h1>
          {self.isError ? (
            <Failure error={self.error} retry={() => void self.refetch()} />
          ) : (
            <Skeleton rows={5} />
          )}
        </>
      ) : !self.data.may.audit ? (
        <>
          <h1>{words.title}</h1>
          <Notice title={words.noRight}>
            <Link to="/access">{words.noRightAdvice}</Link>
          </Notice>
        </>
      ) : (
        <>
          {tab === 'rules' && <Rules />}
          {tab === 'coverage' && <CoverageList />}
          {tab === 'draft' && <Draft self={self.data} />}
        </>
      )}
    </main>
  );
}
