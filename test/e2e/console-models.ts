import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { admit } from "../../src/admission/admit.ts";
import { approveHeld } from "../../src/admission/approve.ts";
import type { Digest } from "../../src/digest.ts";
import { ArtifactExaminer } from "../../src/scan/examine-artifact.ts";
import type { ServerParts } from "../../src/server/parts.ts";
import type { Moment } from "./console-moment.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");

export const GRACE = "oidc:https://login.example.org#grace";
export const LINUS = "oidc:https://login.example.org#linus";
export const ADA = "local:ada";

/** What would run, were it ever taken for markup. */
export const HOSTILE_NAME = `<img src=x onerror=pwned=1>"><script>pwned=2</script>\u202egnp.exe\u200b`;
export const HOSTILE_FILE = "<svg onload=pwned=3>.py";
export const HOSTILE_REASON = "<b onmouseover=pwned=4>Read all of it</b>\nand {{constructor.constructor('pwned=5')()}} \u202e";
export const LONG_NAME = `team-research/${"long-name-without-any-place-to-break_".repeat(8)}`.slice(0, 300);

interface Submitted {
  readonly name: string;
  readonly principal: string;
  /** Files beside those of the clean heron. */
  readonly files?: Readonly<Record<string, string>>;
  readonly from?: "clean-heron" | "trapped-falcon";
}

/** Real admissions of copies of the examples. */
export class Models {
  readonly #parts: ServerParts;
  readonly #moment: Moment;
  readonly #examiner = new ArtifactExaminer({ jobs: 1 });
  readonly #folder = mkdtempSync(join(tmpdir(), "weighbridge-console-"));

  constructor(parts: ServerParts, moment: Moment) {
    this.#parts = parts;
    this.#moment = moment;
  }

  async admit({ name, principal, files = {}, from = "clean-heron" }: Submitted): Promise<Digest> {
    this.#moment.passMinutes(29 * 60 + 7);
    const folder = mkdtempSync(join(this.#folder, "model-"));
    cpSync(join(EXAMPLES, from), folder, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const { examination } = await admit(folder, this.#examiner, this.#bridge(), { name, principal });
    return examination.artifact.digest;
  }

  async approve(artifact: Digest, principal: string, reason: string): Promise<void> {
    this.#moment.passMinutes(31);
    await approveHeld(this.#bridge(), { artifact, reason, principal, expires: "2027-01-20T00:00:00.000Z" });
  }

  async close(): Promise<void> {
    await this.#examiner.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #bridge() {
    return { registry: this.#parts.registry, policies: this.#parts.policies, now: () => this.#moment.now() };
  }
}
