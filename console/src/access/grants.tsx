import type { GrantView } from '@sluice/contract';
import { useState } from 'react';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { DialogForm } from '../design/dialog-form.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Notice } from '../design/notice.tsx';
import { Ago, Left, Timed } from '../design/time.tsx';
import { useEndGrant, useGrants } from '../relay/access.ts';
import { Failure } from '../relay/failure.tsx';
import { WORDS } from '../words.ts';
import { Loading, Lost } from './who-sees.tsx';

/** Grants in force, with their end, and a way to end one before it. */
export function Grants() {
  const words = WORDS.access.grants;
  const grants = useGrants();
  const end = useEndGrant();
  const [ending, setEnding] = useState<GrantView | null>(null);
  if (grants.isPending) return <Loading />;
  if (grants.data === undefined) return <Lost error={grants.error} retry={() => void grants.refetch()} />;
  return (
    <>
      <h1>{words.lead(grants.data.length)}</h1>
      {end.isSuccess && <Notice means="agreed" title={words.ended} isAlert />}
      {end.isError && <Failure error={end.error} title={words.failed} />}
      {grants.data.length === 0 && <Notice title={words.empty}>{words.emptyAdvice}</Notice>}
      {grants.data.length > 0 && (
        <ul className="rows" aria-label={WORDS.access.tabs.grants}>
          {grants.data.map((grant) => (
            <Grant key={grant.id} grant={grant} onEnd={() => setEnding(grant)} />
          ))}
        </ul>
      )}
      <Dialog title={words.endTitle} isOpen={ending !== null} onClose={() => setEnding(null)}>
        <DialogForm
          does={words.end}
          look="danger"
          onBack={() => setEnding(null)}
          onSubmit={() => {
            if (ending !== null) end.mutate(ending.id);
            setEnding(null);
          }}
        >
          <ul className="sentences">
            {ending?.covers.map((sentence) => (
              <li key={sentence}>
                <Timed text={sentence} />
              </li>
            ))}
          </ul>
          <p className="hint">{words.endWhat}</p>
        </DialogForm>
      </Dialog>
    </>
  );
}

function Grant({ grant, onEnd }: { readonly grant: GrantView; readonly onEnd: () => void }) {
  const words = WORDS.access.grants;
  const { requester, covers, givenBy, givenAt, startsAt, expiresAt, rowsLeft, rowsInAll, purpose } = grant;
  const isLater = Date.parse(startsAt) > Date.now();
  return (
    <li className="row">
      <div className="row-head">
        <h3>{words.of(requester.name)}</h3>
        <span>
          {isLater && <Badge means="neutral">{words.starts}</Badge>} <Left until={expiresAt} />
        </span>
      </div>
      <ul className="sentences">
        {covers.map((sentence) => (
          <li key={sentence}>
            <Timed text={sentence} />
          </li>
        ))}
      </ul>
      {purpose !== null && (
        <p>
          {words.purpose}{' '}
          <q className="quoted-inline" dir="auto">
            {purpose}
          </q>
        </p>
      )}
      <p className="row-more">
        {words.given(givenBy.map(({ name }) => name).join(', '))}, <Ago at={givenAt} /> ·{' '}
        {words.rows(rowsLeft, rowsInAll)}
      </p>
      <div className="row-button">
        <Button look="danger" onClick={onEnd}>
          {words.end}
        </Button>
      </div>
    </li>
  );
}
