import type { Warehouse } from '../warehouse.ts';
import type { EmbeddedOptions } from './embedded-warehouse.ts';

/** Opens the embedded warehouse. DuckDB takes 30 MB: a relay before an account does not load it. */
export async function openEmbeddedWarehouse(options: EmbeddedOptions = {}): Promise<Warehouse> {
  const embedded = await import('./embedded-warehouse.ts');
  return await embedded.openEmbeddedWarehouse(options);
}
