import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Button } from '../design/button.tsx';
import { Mark } from '../design/mark.tsx';
import { Notice } from '../design/notice.tsx';
import { type Person, useHost, type WayToSignIn } from '../host/host.ts';
import { Failure } from '../relay/failure.tsx';
import { Worded } from '../design/worded.tsx';
import { WORDS } from '../words.ts';
import './sign-in-page.css';

export interface SignInPageProps {
  /** The page to go to afterwards. */
  readonly back: string;
  readonly person: Exclude<Person, { readonly type: 'signed_in' }>;
}

/** Whoever has only come, and has one place to sign in at, is taken there; others are asked. */
export function SignInPage({ back, person }: SignInPageProps) {
  const host = useHost();
  const [problem, setProblem] = useState<unknown>(null);
  const [asks, setAsks] = useState(person.type !== 'new');
  const [isUnderWay, setIsUnderWay] = useState(false);
  useEffect(() => {
    // By the browser's button for the page before, which may show this one as it was left.
    const onShown = ({ persisted }: PageTransitionEvent) => persisted && setAsks(true);
    addEventListener('pageshow', onShown);
    return () => removeEventListener('pageshow', onShown);
  }, []);
  const ways = useQuery({ queryKey: ['sign-in'], queryFn: ({ signal }) => host.waysToSignIn(signal) });
  const begin = async (way: WayToSignIn) => {
    setProblem(null);
    setIsUnderWay(true);
    await way.begin(back).catch(setProblem);
    setIsUnderWay(false);
  };
  const [only = null, ...others] = ways.data ?? [];
  const goesTo = asks || others.length > 0 ? null : only;
  useEffect(() => {
    if (goesTo !== null) void begin(goesTo);
  }, [goesTo, back]);
  if (goesTo !== null && problem === null) {
    return (
      <main className="sign-in" id="content">
        <Mark size={36} />
        <h1>{WORDS.signIn.title}</h1>
        <p role="status">{WORDS.signIn.goes(goesTo.host)}</p>
      </main>
    );
  }
  return (
    <main className="sign-in" id="content">
      <Mark size={36} />
      <h1>{WORDS.signIn.title}</h1>
      <p>{WORDS.signIn.what}</p>
      {person.type === 'ended' && (
        <Notice means="waits" title={WORDS.signIn.ended}>
          {WORDS.signIn.endedAdvice}
        </Notice>
      )}
      {problem !== null && <Failure error={problem} />}
      {isUnderWay && <p role="status">{WORDS.signIn.underWay}</p>}
      {ways.isPending && <p role="status">{WORDS.loading}</p>}
      {ways.isError && <Failure error={ways.error} retry={() => void ways.refetch()} />}
      {ways.data?.length === 0 && (
        <Notice title={WORDS.signIn.nowhere}>
          <Worded text={WORDS.signIn.nowhereAdvice} />
        </Notice>
      )}
      <ul>
        {ways.data?.map((way) => (
          <li key={way.host}>
            <Button look="primary" disabled={isUnderWay} onClick={() => void begin(way)}>
              {WORDS.signIn.with(way.host)}
            </Button>
            {!way.mayDecide && (
              <p>
                <Worded text={WORDS.signIn.cannotDecide} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </main>
  );
}
