/** The extension's side, as a page sees it. */
export interface Host<Sent> {
  send(message: Sent): void;
  /** What the extension sends. It is checked by the listener's own schema: a message may come from any frame. */
  onMessage(listener: (message: unknown) => void): void;
  /** What was kept when the page was last hidden; undefined when nothing was. */
  kept(): unknown;
  /** Keeps it for as long as the tab is there. */
  keep(state: unknown): void;
}

/** To be called once: an editor hands its interface out a single time. */
export function connectHost<Sent>(): Host<Sent> {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    onMessage(listener) {
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(data));
    },
    kept: () => api.getState(),
    keep: (state) => void api.setState(state),
  };
}
