import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    passWithNoTests: false,
    maxWorkers: "100%", // one for each core, also where there are two: much of the time a test waits for a process of its own
    projects: [
      { test: { name: "unit", include: ["{src,console/src}/**/*.test.ts", "test/unit/**/*.test.ts"], testTimeout: 30_000 } },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 240_000, hookTimeout: 240_000 } },
      { test: { name: "pack", include: ["test/pack/**/*.test.ts"], testTimeout: 400_000, hookTimeout: 400_000 } },
    ],
  },
});
