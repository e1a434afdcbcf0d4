/** A browser without a screen: follows redirects, keeps cookies by host, and posts the forms of pages without scripts. */
export function pageBrowser() {
  const cookies = new Map<string, Map<string, string>>();

  const go = async (
    url: URL,
    form?: URLSearchParams,
    from?: string,
  ): Promise<{ url: URL; response: Response }> => {
    const jar = cookies.get(url.host) ?? new Map<string, string>();
    cookies.set(url.host, jar);
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...jar].map((pair) => pair.join('=')).join('; '),
        ...(form === undefined ? {} : { origin: from ?? url.origin }),
      },
      ...(form === undefined ? {} : { body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    return { url, response };
  };

  return {
    go,
    /** Follows redirects until a page, or an address of `stop`, which is not asked for. */
    async follow(start: URL, stop: (url: URL) => boolean, form?: URLSearchParams) {
      let next = start;
      let body = form;
      for (let hop = 0; hop < 20; hop += 1) {
        if (stop(next)) return { url: next, text: '', status: 0, headers: new Headers() };
        const { response } = await go(next, body);
        body = undefined;
        const location = response.headers.get('location');
        if (location === null) {
          const { status, headers } = response;
          return { url: next, text: await response.text(), status, headers };
        }
        next = new URL(location, next);
      }
      throw new Error('redirected for ever');
    },
    cookies,
  };
}

/** The only form of a page: where it goes, and its hidden fields. */
export function formOf(text: string, at: URL): { readonly action: URL; readonly fields: URLSearchParams } {
  const plain = (value: string) =>
    value.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  const action = plain(/<form[^>]*action="([^"]*)"/.exec(text)?.[1] ?? '');
  const fields = new URLSearchParams();
  for (const [, name, value] of text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g))
    fields.set(plain(name!), plain(value!));
  return { action: new URL(action, at), fields };
}
