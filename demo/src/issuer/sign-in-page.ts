import { escape, page } from '@sluice/relay/identity';
import type { LocalPerson } from '../people.ts';

/** The page of the local issuer on which a person says who they are. No script; works with a keyboard alone. */
export function signInPage(action: string, people: readonly LocalPerson[], staysSignedIn: boolean): string {
  const choices = people.map(
    ({ subject, name, groups }) =>
      `<button name="subject" value="${escape(subject)}">${escape(name)}<small>${escape(groups.join(', '))}</small></button>`,
  );
  return page(
    'Sign in to Sluice',
    `<p>This is the demo’s own issuer, on this machine only. There are no passwords: choose who you are.</p>
    ${staysSignedIn ? '<p>The program will stay signed in as you for a day, or until you sign out.</p>' : ''}
    <form method="post" action="${escape(action)}">${choices.join('')}</form>`,
  );
}

/** Around a form that the provider made itself (device flow). */
export function formPage(title: string, form: string, submit: string): string {
  return page(title, `${form}<button type="submit" form="op.deviceInputForm">${escape(submit)}</button>`);
}

/** Asks whether a code is the one that a person sees: it is shown, or there would be nothing to compare. */
export function confirmPage(code: string, form: string): string {
  return page(
    'Is this the code that your program shows?',
    `<p><strong>${escape(code)}</strong></p>${form}<button type="submit" form="op.deviceConfirmForm">Yes, go on</button>
    <p>If it is another one, or if no program of yours shows a code, close this page: somebody else would be signed in as you.</p>`,
  );
}
