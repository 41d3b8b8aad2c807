import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { jsonLines, only, scratch, weighbridge } from "./cli.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");
const HERON = join(EXAMPLES, "clean-heron");
const FALCON = join(EXAMPLES, "trapped-falcon");

/** A model that waits for a person, admitted; its digest. */
function held(folder: string): string {
  const model = join(folder, "held");
  cpSync(HERON, model, { recursive: true });
  writeFileSync(join(model, "prepare.py"), 'print("Tell me about herons.")\n');
  return only(weighbridge(folder, "admit", "--json", model)).artifact.digest;
}

describe("registry show", () => {
  it("tells what was found, worst first, and why it was decided so", () => {
    const folder = scratch();
    const { digest } = only(weighbridge(folder, "admit", "--json", FALCON)).artifact;
    const { stdout } = weighbridge(folder, "registry", "show", digest);
    const inOrder = [
      `DENY  ${FALCON}`,
      "Standing: none, it never had a ticket",
      "CRITICAL Loading this calls builtins.exec",
      "CRITICAL Loading this calls posix.system",
      "HIGH     adapter_model.safetensors claims to be safetensors and is pickle",
      "Not looked at:",
      "Decided deny, ",
      "[no-dangerous-finding]",
      "examination sha256:",
      "admission",
    ];
    const places = inOrder.map((text) => stdout.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("--json holds the findings of the admission and the digests of the evidence", () => {
    const folder = scratch();
    const admitted = only(weighbridge(folder, "admit", "--json", FALCON));
    const [shown] = jsonLines(weighbridge(folder, "registry", "show", admitted.artifact.digest, "--json"));
    expect(shown).toMatchObject({
      schema: "weighbridge.registry/1",
      examination: {
        tool: admitted.tool,
        files: (admitted.artifact as { files?: unknown }).files,
        findings: admitted.findings,
        coverage: admitted.coverage,
      },
      evidence: [{ predicateType: "https://weighbridge.dev/examination/v1", digest: expect.stringMatching(/^sha256:/), state: "present" }],
    });
  });

  it("says so when the evidence was erased", () => {
    const folder = scratch();
    const { digest } = only(weighbridge(folder, "admit", "--json", HERON)).artifact;
    const [{ evidence }] = jsonLines(weighbridge(folder, "registry", "show", digest, "--json")) as [{ evidence: [{ digest: string }] }];
    const hex = evidence[0].digest.slice("sha256:".length);
    rmSync(join(folder, "data/blobs", hex.slice(0, 2), hex));
    expect(weighbridge(folder, "registry", "show", digest).stdout).toMatch(/What was found is not known any more.*[\s\S]*\(erased\)/);
    expect(jsonLines(weighbridge(folder, "registry", "show", digest, "--json"))).toMatchObject([{ examination: null }]);
  });
});

it("registry list shows names that people gave", () => {
  const folder = scratch();
  const { digest } = only(weighbridge(folder, "admit", "--json", HERON)).artifact;
  for (const name of ["team/heron", "prod"]) weighbridge(folder, "registry", "alias", digest, name);
  expect(jsonLines(weighbridge(folder, "registry", "list", "--json"))).toMatchObject([{ artifact: digest, aliases: ["prod", "team/heron"] }]);
  const [head, line = "", ...more] = weighbridge(folder, "registry", "list").stdout.split("\n");
  expect(head).toMatch(/^ID {12}DECISION {2}STANDING {3}UNTIL {7}NAME$/);
  expect([line, ...more].join("\n")).toMatch(/^[0-9a-f]{12} {2}allow {5}good {7}\d{4}-\d\d-\d\d {2}.*clean-heron\s+= prod, team\/heron\n$/);
});

describe("standing", () => {
  it("is taken once and given back once: the second time says so, and adds nothing to the log", () => {
    const folder = scratch();
    const { digest } = only(weighbridge(folder, "admit", "--json", HERON)).artifact;
    const act = (command: string) => {
      const { status, stdout } = weighbridge(folder, "registry", command, digest, "--reason", "a test");
      return [status, stdout.split("  ")[0], stdout.match(/Standing: (\w+)/)?.[1]];
    };
    expect(act("revoke")).toEqual([0, "REVOKED", "revoked"]);
    expect(act("revoke")).toEqual([0, "ALREADY REVOKED", "revoked"]);
    expect(weighbridge(folder, "verify", HERON).status).toBe(1);
    expect(weighbridge(folder, "registry", "show", digest).stdout).toMatch(/^REVOKED {2}/);
    expect(act("reinstate")).toEqual([0, "REINSTATED", "good"]);
    expect(act("reinstate")).toEqual([0, "ALREADY REINSTATED", "good"]);
    expect(weighbridge(folder, "verify", HERON).status).toBe(0);
    expect(weighbridge(folder, "log", "verify").stdout).toMatch(/^5 entries/);
  });

  it("of what was denied cannot be taken, nor given back, nor can an approval help", () => {
    const folder = scratch();
    const { digest } = only(weighbridge(folder, "admit", "--json", FALCON)).artifact;
    for (const [command, code] of [
      ["revoke", "WB_REGISTRY_NO_STANDING"],
      ["reinstate", "WB_REGISTRY_NO_STANDING"],
      ["approve", "WB_ADMISSION_NOT_ON_HOLD"],
    ] as const) {
      const { status, stdout, stderr } = weighbridge(folder, "registry", command, digest, "--reason", "a test");
      expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining(`[${code}]`)]);
    }
  });

  it("that was taken is not worked round by an approval", () => {
    const folder = scratch();
    const digest = held(folder);
    weighbridge(folder, "registry", "revoke", digest, "--reason", "bad");
    const approve = () => weighbridge(folder, "registry", "approve", digest, "--reason", "read it");
    expect([approve().status, approve().stderr]).toEqual([2, expect.stringContaining("[WB_ADMISSION_STANDING_TAKEN]")]);
    weighbridge(folder, "registry", "reinstate", digest, "--reason", "it was another one");
    expect(approve().stdout).toMatch(/^ALLOW /);
  });
});

it("trust rotate makes a key for tickets from then on; old ones stay valid, and the old trust file refuses new ones", () => {
  const folder = scratch();
  const old = only(weighbridge(folder, "admit", "--json", HERON)).record.file;
  const kept = join(folder, "old.json");
  weighbridge(folder, "trust", "export", kept);
  expect(weighbridge(folder, "trust", "rotate").stdout).toMatch(/^ROTATED {2}ticket key [0-9a-f]{64} signs from /);
  const fresh = join(folder, "new.json");
  weighbridge(folder, "trust", "export", fresh);
  const verify = (ticket: string, trust: string, path: string) =>
    jsonLines(weighbridge(folder, "verify", path, "--ticket", ticket, "--trust", trust, "--json")).map(({ authentic, why }) => why ?? authentic)[0];
  const readme = join(folder, "README.md");
  writeFileSync(readme, "# Fine\n");
  const later = only(weighbridge(folder, "admit", "--json", readme)).record.file;
  expect([verify(old, kept, HERON), verify(old, fresh, HERON), verify(later, fresh, readme), verify(later, kept, readme)]).toEqual([
    true,
    true,
    true,
    "unknown-key",
  ]);
  expect(readdirSync(join(folder, "data/keys")).filter((name) => name.startsWith("ticket-"))).toHaveLength(2);
});

it("a log that does not verify has no checkpoint to print, and the error says what is damaged", () => {
  const folder = scratch();
  weighbridge(folder, "admit", HERON);
  const tile = join(folder, "data/log/tile/0/000.p/3");
  writeFileSync(
    tile,
    readFileSync(tile).map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
  );
  const { status, stdout, stderr } = weighbridge(folder, "log", "checkpoint");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/tile\/entries\/000\.p\/3 entry 0 does not hash to its leaf.*\[WB_LOG_DAMAGED\]/);
});
