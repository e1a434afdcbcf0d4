import { escape, page } from '../page.ts';
import type { Program } from './registration.ts';

/** What a person is asked before a program may run SQL as them. No script; works with a keyboard alone. */
export function consentPage(asked: {
  /** What the program calls itself, and where it says that it is described: anybody can say anything. */
  readonly program: Pick<Program, 'name' | 'document'>;
  readonly redirectUri: string;
  readonly isLoopback: boolean;
  readonly issuers: readonly string[];
  /** The request, sealed. */
  readonly request: string;
  readonly action: string;
}): string {
  const { program, redirectUri, isLoopback, issuers, request, action } = asked;
  const where = isLoopback
    ? `a program on this computer (<code>${escape(new URL(redirectUri).host)}</code>)`
    : `<code>${escape(new URL(redirectUri).host || redirectUri)}</code>`;
  const choices = issuers.map(
    (issuer) =>
      `<button name="issuer" value="${escape(issuer)}">Sign in and allow<small>at ${escape(issuer)}</small></button>`,
  );
  return page(
    'May this program run SQL as you?',
    `<p>A program that calls itself <strong>${escape(program.name)}</strong> asks to run SQL through Sluice as you. ${checked(program, redirectUri)}</p>
    <p>You will be sent back to ${where}. What it runs is on the record as yours, under the same policy; it can approve nothing. Where your issuer lets it, it goes on without asking you for up to 30 days.</p>
    <p>Go on only if you have just started this yourself, in a program that you know.</p>
    <form method="post" action="${escape(action)}"><input type="hidden" name="request" value="${escape(request)}">
    ${choices.join('')}<button name="issuer" value="">Do not allow</button></form>`,
  );
}

/** What is known of who it is. Where it does not wait at its own host, any program may come with the document. */
function checked({ document }: Pick<Program, 'document'>, redirectUri: string): string {
  if (document === undefined) return 'Nobody has checked its name.';
  const { host } = new URL(document);
  const shown = `<strong>${escape(host)}</strong>`;
  const { protocol, host: waitsAt } = new URL(redirectUri);
  return protocol === 'https:' && waitsAt === host
    ? `It is of ${shown}; nobody else has checked its name.`
    : `It says that it is of ${shown}, as any program could. Nobody has checked that, nor its name.`;
}
