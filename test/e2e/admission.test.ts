import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { shared, withoutShared } from "../shared.ts";
import { type Answer, jsonLines, only, scratch, weighbridge } from "./cli.ts";
import { asClone, asDownload, asSnapshot, publishedModel } from "./repository.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");

describe("a model as published", () => {
  it("is allowed with exit 0, as a folder, a git clone, a hub download and a hub-cache snapshot, with one digest and one ticket", () => {
    const folder = scratch();
    const plain = publishedModel(join(folder, "plain"));
    const copies = [
      plain,
      asClone(plain, join(folder, "clone")),
      asDownload(plain, join(folder, "download")),
      asSnapshot(plain, join(folder, "cache")),
    ];
    const run = weighbridge(folder, "admit", "--json", ...copies);
    const lines = jsonLines(run);
    expect(lines.map((line) => [line.decision, line.findings])).toEqual([
      ["allow", []],
      ["allow", []],
      ["allow", []],
      ["allow", expect.arrayContaining([expect.objectContaining({ rule: "link-followed", severity: "info" })])],
    ]);
    expect(new Set(lines.map((line) => (line as Answer).artifact.digest)).size).toBe(1);
    expect(run.status).toBe(0);
    expect(weighbridge(folder, "registry", "list", "--json").stdout.trim().split("\n")).toHaveLength(1);
  });

  it.skipIf(withoutShared)("is allowed when it is the tiny llama (needs ../shared)", () => {
    expect(weighbridge(scratch(), "admit", shared("models/tiny-llama")).status).toBe(0);
  });

  it("that was admitted before gets no new entry", () => {
    const folder = scratch();
    const model = join(EXAMPLES, "clean-heron");
    expect(jsonLines(weighbridge(folder, "admit", "--json", model))).toMatchObject([{ record: { kind: "ticketed", ticket: { index: 2 } } }]);
    expect(jsonLines(weighbridge(folder, "admit", "--json", model))).toMatchObject([{ record: { kind: "already-ticketed", ticket: { index: 2 } } }]);
    expect(weighbridge(folder, "log", "verify").stdout).toMatch(/^3 entries/);
  });

  it("that has other bytes than were expected is refused before anything is decided", () => {
    const folder = scratch();
    const run = weighbridge(folder, "admit", join(EXAMPLES, "clean-heron"), "--expect", `sha256:${"0".repeat(64)}`);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/expected was sha256:0000/);
    expect(weighbridge(folder, "registry", "list").stdout).toBe("");
  });
});

describe("verify says what was done to a registered model", () => {
  const CHANGES: readonly (readonly [string, (root: string) => void, object])[] = [
    ["one changed byte", (root) => appendFileSync(join(root, "config.json"), " "), { changed: ["config.json"], renamed: [], added: [], removed: [] }],
    [
      "one renamed file",
      (root) => renameSync(join(root, "LICENSE"), join(root, "LICENCE")),
      { changed: [], renamed: [{ from: "LICENSE", to: "LICENCE" }], added: [], removed: [] },
    ],
    ["one added file", (root) => writeFileSync(join(root, "extra.py"), "1"), { changed: [], renamed: [], added: ["extra.py"], removed: [] }],
    [
      "one added file under .github/",
      (root) => {
        mkdirSync(join(root, ".github"));
        writeFileSync(join(root, ".github/x.yml"), "1");
      },
      { changed: [], renamed: [], added: [".github/x.yml"], removed: [] },
    ],
    ["one removed file", (root) => rmSync(join(root, "tokenizer.json")), { changed: [], renamed: [], added: [], removed: ["tokenizer.json"] }],
  ];

  it("fails each time and names the file", () => {
    const folder = scratch();
    const model = join(folder, "model");
    cpSync(join(EXAMPLES, "clean-heron"), model, { recursive: true });
    weighbridge(folder, "admit", model);
    expect(weighbridge(folder, "verify", model).status).toBe(0);
    for (const [what, change, differences] of CHANGES) {
      const copy = join(folder, what);
      cpSync(model, copy, { recursive: true });
      change(copy);
      const run = weighbridge(folder, "verify", "--json", copy);
      expect([what, run.status]).toEqual([what, 1]);
      expect(jsonLines(run)[0]).toMatchObject({ authentic: false, why: "no-ticket", differences });
    }
  });

  it("compares with the registered model that differs least", () => {
    const folder = scratch();
    for (const [name, extra] of [
      ["one", ["a.txt"]],
      ["two", ["a.txt", "b.txt", "c.txt"]],
    ] as const) {
      cpSync(join(EXAMPLES, "clean-heron"), join(folder, name), { recursive: true });
      for (const file of extra) writeFileSync(join(folder, name, file), file);
      weighbridge(folder, "admit", join(folder, name));
    }
    const run = weighbridge(folder, "verify", "--json", join(EXAMPLES, "clean-heron"));
    expect(jsonLines(run)[0]).toMatchObject({ differences: { removed: ["a.txt"] } });
  });

  it("works offline elsewhere with ticket, trust file and status file", () => {
    const folder = scratch();
    const elsewhere = scratch();
    const model = join(EXAMPLES, "clean-heron");
    const ticket = only(weighbridge(folder, "admit", "--json", model)).record.file;
    weighbridge(folder, "trust", "export", join(elsewhere, "trust.json"));
    weighbridge(folder, "registry", "export", "--status", join(elsewhere, "status.json"));
    cpSync(ticket, join(elsewhere, "ticket.json"));
    const offline = ["verify", model, "--json", "--ticket", join(elsewhere, "ticket.json"), "--trust", join(elsewhere, "trust.json")];
    expect(jsonLines(weighbridge(elsewhere, ...offline))[0]).toMatchObject({ authentic: true, standing: "unknown", key: "trust-file" });
    expect(weighbridge(elsewhere, ...offline).status).toBe(3);
    const withStatus = weighbridge(elsewhere, ...offline, "--status", join(elsewhere, "status.json"));
    expect([withStatus.status, jsonLines(withStatus)[0]?.standing]).toEqual([0, "good"]);

    weighbridge(folder, "registry", "revoke", String(only(withStatus).artifact).slice(0, 20), "--reason", "a test");
    weighbridge(folder, "registry", "export", "--status", join(elsewhere, "status.json"));
    const revoked = weighbridge(elsewhere, ...offline, "--status", join(elsewhere, "status.json"));
    expect([revoked.status, jsonLines(revoked)[0]?.standing]).toEqual([1, "revoked"]);

    const other = weighbridge(elsewhere, "verify", join(EXAMPLES, "trapped-falcon"), ...offline.slice(2));
    expect([other.status, ...jsonLines(other)]).toMatchObject([
      1,
      { why: "other-artifact", differences: null, differencesUnknown: expect.stringContaining("none of their names") },
    ]);
    const there = weighbridge(folder, "verify", join(EXAMPLES, "trapped-falcon"), "--ticket", ticket, "--json");
    expect(jsonLines(there)[0]).toMatchObject({
      why: "other-artifact",
      differences: { artifact: only(withStatus).artifact, changed: ["README.md", "config.json"] },
    });
    writeFileSync(join(elsewhere, "bad.json"), "{}");
    const badStatus = weighbridge(elsewhere, ...offline.filter((word) => word !== "--json"), "--status", join(elsewhere, "bad.json"));
    expect([badStatus.status, badStatus.stderr]).toEqual([
      2,
      expect.stringMatching(/bad\.json is no status file to believe: .*\[WB_ADMISSION_BAD_STATUS\]/),
    ]);
  });
});

describe("a model that waits for a person", () => {
  const held = (folder: string) => {
    const model = join(folder, "model");
    cpSync(join(EXAMPLES, "clean-heron"), model, { recursive: true });
    writeFileSync(join(model, "prepare.py"), 'print("Tell me about herons.")\n');
    return model;
  };

  it("is held, approved with a reason, allowed, and held again when its findings change", () => {
    const folder = scratch();
    const model = held(folder);
    const first = weighbridge(folder, "admit", "--json", model);
    expect([first.status, jsonLines(first)[0]?.decision]).toEqual([3, "hold"]);
    const id = only(first).artifact.digest;
    const approve = weighbridge(folder, "registry", "approve", id, "--reason", "read it");
    expect([approve.status, ...approve.stdout.split("\n")]).toEqual([
      0,
      "ALLOW  waived: complete-coverage, review-findings",
      expect.stringMatching(/^ {2}Ticket: .*\.json$/),
      "",
    ]);
    expect(weighbridge(folder, "verify", model).status).toBe(0);
    expect(weighbridge(folder, "admit", model).status).toBe(0);
    expect(weighbridge(folder, "registry", "show", id).stdout).toMatch(/Approvals:\n.*\n.* by local:\S+, review-findings until [\d-]+: read it\n/);
    writeFileSync(join(model, "more.list"), "And about falcons.\n");
    expect(weighbridge(folder, "admit", model).status).toBe(3);
  });

  it("is told as denied once it was revoked", () => {
    const folder = scratch();
    const model = held(folder);
    const id = only(weighbridge(folder, "admit", "--json", model)).artifact.digest;
    expect(weighbridge(folder, "registry", "approve", id, "--reason", "read it").status).toBe(0);
    expect(weighbridge(folder, "registry", "revoke", id, "--reason", "bad").status).toBe(0);
    const page = join(folder, "page.html");
    const again = weighbridge(folder, "admit", "--json", "--html", page, model, join(EXAMPLES, "clean-heron"));
    expect(jsonLines(again)).toMatchObject([
      { decision: "deny", record: { kind: "standing-taken", effect: "revoke" } },
      { decision: "allow", record: { kind: "ticketed" } },
    ]);
    expect(again.status).toBe(1);
    expect(
      readFileSync(page, "utf8")
        .match(/class="mark" aria-hidden="true"><\/span>\w+/g)
        ?.map((mark) => mark.split(">").at(-1)),
    ).toEqual(["Denied", "Allowed"]);
  });

  it("is not approved without a reason, nor in part", () => {
    const folder = scratch();
    const id = only(weighbridge(folder, "admit", "--json", held(folder))).artifact.digest;
    expect(weighbridge(folder, "registry", "approve", id, "--reason", "  ").status).toBe(2);
    const part = weighbridge(folder, "registry", "approve", id, "--reason", "half", "--policy", "review-findings");
    expect([part.status, part.stdout.split("\n")[0]]).toEqual([3, "HOLD  waived: review-findings"]);
  });
});

it("a booby-trapped model is denied, named, and cannot be approved", () => {
  const folder = scratch();
  const run = weighbridge(folder, "admit", "--json", join(EXAMPLES, "trapped-falcon"));
  expect([run.status, jsonLines(run)[0]?.decision]).toEqual([1, "deny"]);
  const titles = only(run)
    .findings.map(({ severity, path, title }) => `${severity} ${path}: ${title}`)
    .join("\n");
  expect(titles).toMatch(/(critical|high) pytorch_model\.bin: .*system/);
  expect(titles).toMatch(/(critical|high) adapter_model\.safetensors: .*exec/);
  expect(titles).toMatch(/high adapter_model\.safetensors: adapter_model\.safetensors claims to be safetensors and is pickle/);
  expect(titles).toMatch(/medium config\.json: .*modeling_falcon\.py/);
  const id = only(run).artifact.digest;
  const approve = weighbridge(folder, "registry", "approve", id, "--reason", "please");
  expect([approve.status, approve.stderr]).toEqual([2, expect.stringContaining("not on hold")]);
});

it("the screen of an admission says the word first, and is one screen", () => {
  const run = weighbridge(scratch(), "admit", join(EXAMPLES, "trapped-falcon"));
  const lines = run.stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^DENY {2}/);
  expect(lines.length).toBeLessThanOrEqual(44);
  expect(run.stdout).toMatch(/Not looked at:\n {4}modeling_falcon\.py: /);
  expect(run.stdout).toMatch(/Why:\n {4}A finding of high or critical severity: /);
  expect(run.stdout).toMatch(/Next: /);
});

it("the bundled examples are what their script writes", async () => {
  const folder = scratch();
  const { spawnSync } = await import("node:child_process");
  spawnSync(process.execPath, [join(EXAMPLES, "make.ts"), folder]);
  for (const name of [
    "clean-heron/model.safetensors",
    "clean-heron/tokenizer_config.json",
    "trapped-falcon/pytorch_model.bin",
    "trapped-falcon/adapter_model.safetensors",
  ])
    expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(EXAMPLES, name)));
});
