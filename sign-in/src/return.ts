/** Where the browser comes back to, for one request. */
export interface Return {
  readonly redirectUri: string;
  /** What the browser came back with. Rejects with the signal's reason. */
  readonly answer: (signal: AbortSignal) => Promise<Returned>;
  close(): Promise<void>;
}

export interface Returned {
  readonly url: URL;
  /** Tells the person how it ended, where they are. */
  readonly show: (isSignedIn: boolean, text: string) => Promise<void>;
}
