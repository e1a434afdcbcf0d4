declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type { AdapterConstructor } from 'oidc-provider';
  /** A store of its own, gone with the process. @param clockTolerance seconds */
  export function createMemoryAdapter(clockTolerance: number): AdapterConstructor;
}
