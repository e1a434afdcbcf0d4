/** The extension's side, as a page sees it. */
export interface Host<Sent> {
  send(message: Sent): void;
  /** What the extension sends. It is checked by the listener's own schema: a message may come from any frame. */
  onMessage(listener: (message: unknown) => void): void;
}

/** To be called once: an editor hands its interface out a single time. */
export function connectHost<Sent>(): Host<Sent> {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    onMessage(listener) {
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data));
    },
  };
}
