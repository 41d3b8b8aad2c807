import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_POLICIES } from "../../src/policy/policy-set.ts";
import { loadConfiguration } from "../../src/server/configuration/index.ts";
import { type RunningInstallation, startInstallation } from "../../src/server/start.ts";
import { ADA } from "./console-models.ts";
import { Moment } from "./console-moment.ts";
import { type Story, tellStory } from "./console-story.ts";

/** A real installation, in this process, that people look at. */
export interface ConsoleWorld {
  readonly running: RunningInstallation;
  readonly moment: Moment;
  readonly story: Story;
  /** Value of the session cookie of somebody whom the identity provider signed in, or of `local:ada`. */
  session(id: string, name: string): string;
  close(): Promise<void>;
}

export async function openConsoleWorld(): Promise<ConsoleWorld> {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-console-world-"));
  const moment = new Moment("2026-11-02T08:30:00.000Z");
  const running = await startInstallation({
    directory: join(folder, "data"),
    stateFolder: join(folder, "state"),
    policyFolder: DEFAULT_POLICIES,
    configuration: loadConfiguration({
      file: { path: join(folder, "none.yaml"), required: false },
      env: {},
      flags: { port: "0", gatewayPort: "0" },
    }),
    surroundings: moment,
    principal: ADA,
  });
  const story = await tellStory(running.parts, moment);
  return {
    running,
    moment,
    story,
    session: (id, name) => running.parts.sessions.begin({ id, name }).secret,
    async close() {
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
