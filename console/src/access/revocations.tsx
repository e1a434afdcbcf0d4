import type { KnownPersonView, RevocationOrder, RevocationView } from '@sluice/contract';
import { useState } from 'react';
import { Notice } from '../design/notice.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { Ago } from '../design/time.tsx';
import { Worded } from '../design/worded.tsx';
import { useOpenSessions, useRevocations, useRevoke } from '../relay/access.ts';
import { Failure } from '../relay/failure.tsx';
import { usePeople, useSelf } from '../relay/people.ts';
import { WORDS } from '../words.ts';
import { RevokeForm } from './revoke-form.tsx';
import { Loading, Lost } from './who-sees.tsx';

/** Who is out, and a way to put somebody out at once. */
export function Revocations() {
  const words = WORDS.access.revocations;
  const self = useSelf();
  const mayRevoke = self.data?.may.revoke === true;
  const revocations = useRevocations(mayRevoke);
  const { data: known } = usePeople('');
  const revoke = useRevoke();
  const [done, setDone] = useState<string | null>(null);
  if (self.isPending) return <Loading />;
  if (self.isError) return <Lost error={self.error} retry={() => void self.refetch()} />;
  const people = known?.people ?? [];
  if (!mayRevoke) {
    return (
      <>
        <h1>{WORDS.access.tabs.revocations}</h1>
        <Notice title={words.noRight}>
          <Worded text={words.noRightAdvice} />
        </Notice>
      </>
    );
  }
  const send = (order: RevocationOrder) => {
    const { target } = order;
    setDone('identity' in target ? target.identity : null);
    revoke.mutate(order);
  };
  return (
    <>
      <h1>
        {revocations.data === undefined ? WORDS.access.tabs.revocations : words.lead(revocations.data.length)}
      </h1>
      {revoke.isError && <Failure error={revoke.error} title={words.failed} />}
      {revoke.isSuccess && <Done person={done} name={nameOf(people, done)} audit={self.data.may.audit} />}
      {revocations.isPending && <Skeleton />}
      {revocations.isError && <Failure error={revocations.error} retry={() => void revocations.refetch()} />}
      {revocations.data?.length === 0 && <Notice title={words.empty}>{words.emptyAdvice}</Notice>}
      {(revocations.data?.length ?? 0) > 0 && (
        <ul className="rows" aria-label={words.list}>
          {revocations.data?.toReversed().map((revocation) => (
            <Revocation key={JSON.stringify(revocation)} revocation={revocation} people={people} />
          ))}
        </ul>
      )}
      <h2>{words.title}</h2>
      <RevokeForm people={people} self={self.data.identity.id} isSending={revoke.isPending} onRevoke={send} />
    </>
  );
}

/** The effect, looked up: whether anything of theirs is open still. */
function Done({
  person,
  name,
  audit,
}: {
  readonly person: string | null;
  readonly name: string;
  readonly audit: boolean;
}) {
  const words = WORDS.access.revocations;
  const open = useOpenSessions(audit ? person : null);
  const isOver = open.data === undefined || open.data === 0;
  return (
    <Notice means={isOver ? 'agreed' : 'refused'} title={words.done(name)} isAlert>
      {words.doneSince}{' '}
      {audit &&
        (open.data === undefined
          ? words.checking
          : open.data === 0
            ? words.noneOpen
            : words.stillOpen(open.data))}
    </Notice>
  );
}

function Revocation({
  revocation: { target, reason, by, at },
  people,
}: {
  readonly revocation: RevocationView;
  readonly people: readonly KnownPersonView[];
}) {
  const words = WORDS.access.revocations;
  return (
    <li className="row">
      <div className="row-head">
        <h3>{title()}</h3>
        <Ago at={at} />
      </div>
      <p className="quoted-inline" dir="auto">
        {reason}
      </p>
      <p className="row-more">{words.by(nameOf(people, by))}</p>
    </li>
  );

  function title() {
    switch (target.type) {
      case 'subject':
        return words.target.subject(nameOf(people, target.identity));
      case 'token':
        return words.target.token(target.tokenId);
      case 'issued_before':
        return (
          <>
            {words.target.issued_before(
              target.identity === null ? words.everybody : nameOf(people, target.identity),
            )}{' '}
            <Ago at={new Date(target.before * 1_000).toISOString()} />
          </>
        );
      default:
        return target satisfies never;
    }
  }
}

function nameOf(people: readonly KnownPersonView[], id: string | null): string {
  return people.find((person) => person.id === id)?.name ?? id ?? WORDS.access.revocations.everybody;
}
