import type { LocalPerson } from './people.ts';

/** The page of the local issuer on which a person says who they are. No script; works with a keyboard alone. */
export function signInPage(action: string, people: readonly LocalPerson[]): string {
  const choices = people.map(
    ({ subject, name, groups }) =>
      `<button name="subject" value="${escape(subject)}">${escape(name)}<small>${escape(groups.join(', '))}</small></button>`,
  );
  return page(
    'Sign in to Sluice',
    `<p>This is the demo’s own issuer, on this machine only. There are no passwords: choose who you are.</p>
    <form method="post" action="${escape(action)}">${choices.join('')}</form>`,
  );
}

/** A page with one message, such as after a device was approved. */
export function messagePage(title: string, body: string): string {
  return page(title, `<p>${escape(body)}</p>`);
}

/** Around a form that the provider made itself (device flow). */
export function formPage(title: string, form: string, submit: string): string {
  return page(title, `${form}<button type="submit" form="op.deviceInputForm">${escape(submit)}</button>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 26rem; margin: 12vh auto; padding: 0 1rem }
  form { display: grid; gap: .5rem }
  button { font: inherit; text-align: left; padding: .6rem .9rem; border: 1px solid GrayText; border-radius: .4rem }
  small { display: block; opacity: .75 }
</style></head><body><main><h1>${escape(title)}</h1>${body}</main></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
