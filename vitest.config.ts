import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contract,relay,test,bench}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
