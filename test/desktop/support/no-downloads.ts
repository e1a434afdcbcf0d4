import type { Downloads } from '../../../desktop-approver/src/ports.ts';

/** Where nothing was ever downloaded. */
export function noDownloads(): Downloads {
  const none = async () => {
    throw new Error('there are no downloads here');
  };
  return {
    fetch: async () => new Response('', { status: 404 }),
    list: async () => [],
    room: async () => ({ used: 0, pinned: 0, limit: 2 ** 30 }),
    coming: () => [],
    interrupted: async () => [],
    onChange: () => () => {},
    limitTo: async () => {},
    close: async () => {},
    cancel: () => {},
    beginAnew: none,
    download: none,
    forget: none,
    importFile: none,
    pin: none,
    remove: none,
  };
}
