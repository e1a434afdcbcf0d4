/**
 * Starts one of the console's own programs beside the page. The pages' policy refuses addresses of programs unless they
 * come from here.
 *
 * @param address as the build names it: `import address from './some-worker.ts?worker&url'`.
 */
export function startWorker(address: string): Worker {
  return new Worker(trusted(address) as string, { type: 'module' });
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (address: string) => string },
  ): { createScriptURL(address: string): unknown };
}

const types = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes;
const policy = types?.createPolicy('sluice-workers', {
  createScriptURL(address) {
    // Only the page itself can have made such an address, and only a page whose policy says so starts programs from one.
    if (address.startsWith('blob:')) return address;
    if (new URL(address, location.href).origin === location.origin) return address;
    throw new TypeError('a program of another origin');
  },
});

function trusted(address: string): unknown {
  return policy === undefined ? address : policy.createScriptURL(address);
}
