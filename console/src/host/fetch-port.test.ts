import { describe, expect, it, vi } from 'vitest';
import { type AskedFetch, fetchOver, type MessageEnd, serveFetch } from './fetch-port.ts';

/** Two ends that are told copies, as by `postMessage`. */
function ends() {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const sent: { readonly type: string }[] = [];
  const end = (own: number): MessageEnd => ({
    post(message) {
      sent.push(message as never);
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners[1 - own] ?? []) listener(copy);
      });
    },
    listen: (listener) => void listeners[own]?.push(listener),
  });
  return { page: end(0), host: end(1), sent };
}

describe('fetch by messages', () => {
  it('carries what is asked and what is answered', async () => {
    const { page, host } = ends();
    const asked: AskedFetch[] = [];
    serveFetch(host, async (one) => {
      asked.push(one);
      return Response.json({ a: 1 }, { status: 201, headers: { 'retry-after': '3', 'set-cookie': 'a=b' } });
    });
    const response = await fetchOver(page)('https://relay.invalid/api/x?y=1', {
      headers: { accept: 'application/json', authorization: 'Bearer mine' },
    });
    expect([response.status, await response.json()]).toEqual([201, { a: 1 }]);
    expect([response.headers.get('retry-after'), response.headers.get('set-cookie')]).toEqual(['3', null]);
    expect(asked[0]).toMatchObject({ method: 'GET', path: '/api/x?y=1', body: null });
    expect(Object.fromEntries(asked[0]?.headers ?? [])).toEqual({ accept: 'application/json' });
  });

  it('sends bytes only as they are read, and stops at their source when nobody reads on', async () => {
    const { page, host } = ends();
    let pulled = 0;
    let isStopped = false;
    serveFetch(host, async ({ signal }) => {
      signal.addEventListener('abort', () => {
        isStopped = true;
      });
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulled += 1;
            controller.enqueue(new Uint8Array([pulled]));
          },
        },
        { highWaterMark: 0 },
      );
      return new Response(body);
    });
    const response = await fetchOver(page)('https://relay.invalid/api/x');
    const reader = response.body!.getReader();
    expect((await reader.read()).value).toEqual(new Uint8Array([1]));
    expect((await reader.read()).value).toEqual(new Uint8Array([2]));
    expect(pulled).toBe(2);
    await reader.cancel();
    await vi.waitFor(() => expect(isStopped).toBe(true));
  });

  it('fails as fetch does where there is no answer, also in the middle of one', async () => {
    const { page, host } = ends();
    let times = 0;
    serveFetch(host, async () => {
      times += 1;
      if (times === 1) throw new Error('secret');
      return new Response(
        new ReadableStream({
          pull(controller) {
            controller.error(new Error('secret'));
          },
        }),
      );
    });
    const over = fetchOver(page);
    await expect(over('https://relay.invalid/api/x')).rejects.toThrow('the relay was not reached');
    const response = await over('https://relay.invalid/api/x');
    await expect(response.text()).rejects.toThrow('the relay was not reached');
  });

  it('stops when the caller does', async () => {
    const { page, host } = ends();
    let isStopped = false;
    serveFetch(host, async ({ signal }) => {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      isStopped = true;
      return new Response();
    });
    const stop = new AbortController();
    const asked = fetchOver(page)('https://relay.invalid/api/x', { signal: stop.signal });
    await Promise.resolve();
    stop.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await vi.waitFor(() => expect(isStopped).toBe(true));
  });

  it('answers only so many at once, and nothing that is not of its schema', async () => {
    const { page, host, sent } = ends();
    serveFetch(host, async () => await new Promise<Response>(() => {}));
    const over = fetchOver(page);
    const asked = Array.from({ length: 65 }, async () => await over('https://relay.invalid/api/x'));
    await expect(asked[64]).rejects.toThrow('not reached');
    const before = sent.length;
    for (const message of [
      null,
      { type: 'fetch' },
      { type: 'fetch', id: 99, method: 'PUT', path: '/', headers: {}, body: null },
    ]) {
      page.post(message);
    }
    await Promise.resolve();
    expect(sent).toHaveLength(before + 3);
  });
});
