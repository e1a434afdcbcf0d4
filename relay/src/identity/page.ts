/** A page with one message, such as that one is signed in. */
export function messagePage(title: string, body: string): string {
  return page(title, `<p>${escape(body)}</p>`);
}

/** A page of ours around some HTML: no script, both themes. */
export function page(title: string, body: string): string {
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

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
