import type { ExecutableStatement, Warehouse, WarehouseSession } from '@sluice/relay/warehouse';

/** Tells of each statement before it reaches the warehouse; what it throws or rejects with, the warehouse does. */
export type Watch = (statement: ExecutableStatement) => Promise<void> | void;

/** The same warehouse, watched at the one door that statements go through. */
export function watchedWarehouse(warehouse: Warehouse, watch: Watch): Warehouse {
  return {
    ...warehouse,
    async openSession(...opening) {
      const session = await warehouse.openSession(...opening);
      const watched: WarehouseSession = {
        get state() {
          return session.state;
        },
        get variables() {
          return session.variables;
        },
        get parameters() {
          return session.parameters;
        },
        get isInTransaction() {
          return session.isInTransaction;
        },
        get surroundings() {
          return session.surroundings;
        },
        catalog: session.catalog,
        async execute(statement, signal) {
          if (!statement.describeOnly) await watch(statement);
          return await session.execute(statement, signal);
        },
        close: () => session.close(),
      };
      return watched;
    },
  };
}
