import { useEffect, useState } from 'react';
import { Link, useNavigate } from '@tanstack/react-router';
import { Notice } from '../design/notice.tsx';
import { WORDS } from '../words.ts';

export interface SignedInPageProps {
  /** Ends the sign-in. @returns the page that the person was on. */
  readonly end: (address: URL) => Promise<string>;
}

/** Where the issuer sends people back to: it takes the code for a token, and goes on to the page that they came from. */
export function SignedInPage({ end }: SignedInPageProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const navigate = useNavigate();
  useEffect(() => {
    const goOn = async () => {
      const back = await end(new URL(location.href));
      await navigate({ href: back, replace: true });
    };
    goOn().catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)));
  }, []);
  return (
    <main className="sign-in" id="content">
      {problem === null ? (
        <p role="status">{WORDS.signIn.ending}</p>
      ) : (
        <Notice means="refused" title={WORDS.signIn.failed} isAlert>
          <p>{problem}</p>
          <p>
            <Link to="/">{WORDS.signIn.again}</Link>
          </p>
        </Notice>
      )}
    </main>
  );
}
