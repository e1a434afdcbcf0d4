/** The system's browser, in which somebody signs in at the demo's issuer as whom the test says. */
export interface ScriptedBrowser {
  /** As Electron's `shell.openExternal`: resolves when the address was handed over. */
  readonly openExternal: (url: string) => Promise<void>;
  /** The addresses that it was opened at. */
  readonly opened: readonly URL[];
  /** What the last page that the browser came to said. */
  ended(): Promise<{ readonly status: number; readonly text: string }>;
}

/** @param subject whom the person chooses; null: they close the page. */
export function scriptedBrowser(subject: () => string | null): ScriptedBrowser {
  const opened: URL[] = [];
  let visit: Promise<{ status: number; text: string }> = Promise.reject(new Error('no page was opened'));
  visit.catch(() => {});
  return {
    opened,
    ended: () => visit,
    async openExternal(url) {
      opened.push(new URL(url));
      const who = subject();
      if (who === null) return;
      visit = browse(new URL(url), who);
      visit.catch(() => {});
    },
  };
}

/** Follows redirects with cookies, chooses the person on the issuer's page, and ends at the first page of another kind. */
async function browse(start: URL, subject: string): Promise<{ status: number; text: string }> {
  const cookies = new Map<string, string>();
  let next = start;
  let form: URLSearchParams | null = null;
  for (let hop = 0; hop < 10; hop += 1) {
    const response: Response = await fetch(next, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form ? { body: form } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name!, value!);
    }
    const location = response.headers.get('location');
    const text = await response.text();
    if (location !== null) {
      form = null;
      next = new URL(location, next);
    } else if (text.includes(`value="${subject}"`)) {
      form = new URLSearchParams({ subject });
    } else if (text.includes('name="xsrf"')) {
      // The pages on which the person enters a code, and says that it is theirs.
      const hidden = text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
      form = new URLSearchParams(Array.from(hidden, ([, name, value]): [string, string] => [name!, value!]));
      next = new URL(/<form [^>]*action="([^"]*)"/.exec(text)![1]!, next);
    } else {
      return { status: response.status, text };
    }
  }
  throw new Error('it goes round in circles');
}
