import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { jsonLines, only, weighbridge } from "./cli.ts";
import { RemoteWorld } from "./remote-world.ts";
import { asClone, asSnapshot, publishedModel } from "./repository.ts";

const HOSTILE = "cos\nsystem\n(S'id'\ntR.";

function folderWith(world: RemoteWorld, name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = join(world.client, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** What does not depend on where and when it was decided. */
function decidedIn(answer: Record<string, unknown>) {
  const { elapsedMs: _, record, ...rest } = answer;
  const { kind } = record as { kind: string }; // docs/reference/json.md
  return { ...rest, kind };
}

describe("admit --server", () => {
  it("says of published, odd, hostile and unknown models what admit says here, and founds nothing here", async () => {
    const world = await new RemoteWorld().start();
    const token = world.tokenFile("ci", "operator");
    const published = publishedModel(join(world.client, "published"));
    const sources = [
      published,
      asClone(published, join(world.client, "clone")),
      folderWith(world, "hostile", { "model.pkl": HOSTILE }),
      folderWith(world, "held", { "setup.py": "print(1)\n", "README.md": "# x\n" }),
      folderWith(world, "odd names", { "100% sure!.md": "# a\n", "ü/ß.md": "# b\n", "empty.txt": "", "-rf": "# c\n", "llama:8b.md": "# d\n" }),
      join(published, "config.json"),
    ];
    writeFileSync(Buffer.concat([Buffer.from(`${sources[4]}/`), Buffer.from([0xff, 0x2e, 0x6d, 0x64])]), "# not UTF-8\n");
    const there = world.run(token, "admit", "--json", ...sources);
    world.expectNothingFounded();
    const here = weighbridge(world.client, "admit", "--json", ...sources);
    expect(jsonLines(there).map(decidedIn)).toEqual(jsonLines(here).map(decidedIn));
    expect(jsonLines(there).map(({ decision }) => decision)).toEqual(["allow", "allow", "deny", "hold", expect.any(String), "allow"]);
    expect([there.status, here.status]).toEqual([1, 1]);
    expect(world.uploadedFiles()).toEqual([]);
  });

  it("prints the same screen, with the address of the ticket and the commands that ask this server", async () => {
    const world = await new RemoteWorld().start();
    const token = world.tokenFile("ci", "operator");
    const model = publishedModel(join(world.client, "published"));
    const there = world.run(token, "admit", model);
    const here = weighbridge(world.client, "admit", model);
    const marked = (text: string) =>
      text
        .replaceAll(` --server ${world.address}`, "")
        .replace(/Ticket: \S+,/, "Ticket: FILE,")
        .replace(/entry \d+/, "entry N");
    expect([there.status, there.stderr, marked(there.stdout)]).toEqual([0, "", marked(here.stdout)]);
    expect(there.stdout).toContain(`verify ${model} --server ${world.address}`);
    const [, address = ""] = /Ticket: (\S+),/.exec(there.stdout) ?? [];
    const ticket = await fetch(address, { headers: { authorization: `Bearer ${readFileSync(token, "utf8").trim()}` } });
    expect(await ticket.json()).toMatchObject({ schema: expect.stringContaining("ticket") });
  });

  it("sends nothing where the same bytes hold a good ticket, also from a hub cache's links", async () => {
    const world = await new RemoteWorld().start();
    const token = world.tokenFile("ci", "operator");
    const model = publishedModel(join(world.client, "published"));
    const snapshot = asSnapshot(model, join(world.client, "cache"));
    const jobs = async () => ((await world.ask(readFileSync(token, "utf8").trim(), "GET", "/jobs")) as { items: unknown[] }).items.length; // as the API says
    expect(only(world.run(token, "admit", "--json", snapshot)).record.kind).toBe("ticketed");
    expect(only(world.run(token, "admit", "--json", model))).toMatchObject({ decision: "allow", record: { kind: "already-ticketed" } });
    expect(await jobs()).toBe(1);
    world.run(
      world.tokenFile("boss", "approver"),
      "registry",
      "revoke",
      only(weighbridge(world.client, "scan", "--json", model)).artifact.digest,
      "--reason",
      "bad",
    );
    const refused = world.run(token, "admit", "--json", model);
    expect([refused.status, only(refused)]).toMatchObject([1, { decision: "deny", record: { kind: "standing-taken" } }]);
    expect(await jobs()).toBe(2);
  });

  it("goes by the policies of who may submit, and by --expect before anything is sent", async () => {
    const world = await new RemoteWorld().start();
    const model = publishedModel(join(world.client, "published"));
    const viewer = world.run(world.tokenFile("viewer", "viewer"), "admit", model);
    expect([viewer.status, viewer.stdout, viewer.stderr]).toEqual([
      2,
      "",
      expect.stringMatching(/^weighbridge: you may not submit models: .*\[WB_ACCESS_DENIED\]\n$/),
    ]);
    const other = world.run(world.tokenFile("ci", "operator"), "admit", model, "--expect", `sha256:${"0".repeat(64)}`);
    expect([other.status, other.stderr]).toEqual([1, expect.stringContaining("[WB_ADMISSION_UNEXPECTED]")]);
    expect(world.uploadedFiles()).toEqual([]);
  });

  it("sends no tree that would be another one there", async () => {
    const world = await new RemoteWorld().start();
    const model = publishedModel(join(world.client, "published"));
    symlinkSync("/etc/hostname", join(model, "hostname"));
    const run = world.run(world.tokenFile("ci", "operator"), "admit", model);
    expect([run.status, run.stderr]).toEqual([
      2,
      expect.stringMatching(/^weighbridge: hostname in .* is a link that leads out of it.*\[WB_REMOTE_UNSENDABLE\]\n$/),
    ]);
  });
});

describe("verify --server", () => {
  it("believes the server's key only as far as it says so, and a trust file more", async () => {
    const world = await new RemoteWorld().start();
    const token = world.tokenFile("ci", "operator");
    const model = publishedModel(join(world.client, "published"));
    expect(world.run(token, "verify", model)).toMatchObject({ status: 1, stdout: expect.stringContaining("hold no ticket there") });
    world.run(token, "admit", model);
    const bare = world.run(token, "verify", model);
    expect([bare.status, bare.stdout]).toEqual([0, expect.stringMatching(/trusted because the\s+server says so, not a trust file/)]);
    expect(only(world.run(token, "verify", "--json", model))).toMatchObject({ authentic: true, standing: "good", key: "server" });
    const trust = join(world.client, "trust.json");
    weighbridge(world.server, "trust", "export", trust);
    expect(only(world.run(token, "verify", "--json", model, "--trust", trust))).toMatchObject({
      authentic: true,
      standing: "good",
      key: "trust-file",
    });
    world.expectNothingFounded();
    weighbridge(world.client, "admit", model);
    const foreign = join(world.client, "foreign.json");
    weighbridge(world.client, "trust", "export", foreign);
    expect(world.run(token, "verify", model, "--trust", foreign)).toMatchObject({ status: 1, stdout: expect.stringContaining("Not authentic") });
    cpSync(model, join(world.client, "changed"), { recursive: true });
    writeFileSync(join(world.client, "changed/README.md"), "# other\n");
    expect(world.run(token, "verify", join(world.client, "changed")).status).toBe(1);
    world.run(
      world.tokenFile("boss", "approver"),
      "registry",
      "revoke",
      only(weighbridge(world.client, "scan", "--json", model)).artifact.digest,
      "--reason",
      "bad",
    );
    expect(only(world.run(token, "verify", "--json", model))).toMatchObject({ authentic: true, standing: "revoked" });
  });
});

describe("registry --server", () => {
  it("shows, names, approves and revokes as here, and who submitted cannot approve", async () => {
    const world = await new RemoteWorld().start();
    const submitter = world.tokenFile("ci", "operator", "approver");
    const approver = world.tokenFile("boss", "approver", "operator");
    const held = folderWith(world, "held", { "setup.py": "print(1)\n", "README.md": "# x\n" });
    const { digest } = only(world.run(submitter, "admit", "--json", held)).artifact;
    const id = digest.slice(7, 19);
    expect(world.run(submitter, "registry", "list").stdout).toMatch(new RegExp(`${id} +hold +none .*held\n$`));
    const own = world.run(submitter, "registry", "approve", id, "--reason", "looked");
    expect([own.status, own.stderr]).toEqual([2, expect.stringContaining("[four-eyes]")]);
    expect(world.run(approver, "registry", "alias", id, "team/held").stdout).toBe(`team/held is ${digest}\n`);
    const approved = world.run(approver, "registry", "approve", "team/held", "--reason", "read setup.py");
    expect([approved.status, approved.stdout]).toEqual([0, expect.stringMatching(/^ALLOW {2}waived: .*\n {2}Ticket: http.*\n$/)]);
    const shown = world.run(approver, "registry", "show", "team/held", "--json");
    const local = weighbridge(world.server, "registry", "show", "team/held", "--json");
    expect(jsonLines(shown)).toEqual(jsonLines(local));
    const screens = [world.run(approver, "registry", "show", id), weighbridge(world.server, "registry", "show", id)].map(({ stdout }) => stdout);
    expect(screens[0]).toBe(screens[1]);
    expect(world.run(approver, "registry", "revoke", id, "--reason", "no").stdout).toMatch(new RegExp(`^REVOKED  ${digest}\n {2}Standing: revoked`));
    expect(world.run(approver, "registry", "revoke", id, "--reason", "no").stdout).toMatch(
      /^ALREADY REVOKED .*\n.*by token:.*: no\. Nothing was added to the log\.\n/,
    );
    expect(world.run(approver, "registry", "reinstate", id, "--reason", "yes").stdout).toMatch(/^REINSTATED .*\n {2}Standing: good/);
    const missing = world.run(approver, "registry", "show", "no-such-thing");
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringMatching(/^weighbridge: .*\[WB_REGISTRY_NOT_FOUND\]\n$/)]);
    world.expectNothingFounded();
  });
});

describe("a token", () => {
  it("is sent to no server that is not encrypted or that leads elsewhere, and is read from no file that others can read", async () => {
    const world = new RemoteWorld();
    const heard: (string | undefined)[] = [];
    const thief = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.writeHead(302, { location: "https://example.com/" }).end();
    });
    await new Promise<void>((resolve) => thief.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void thief.close());
    const address = `http://127.0.0.1:${(thief.address() as AddressInfo).port}`; // it listens on TCP
    const file = join(world.client, "token");
    writeFileSync(file, "wbt_secret\n", { mode: 0o600 });
    const list = (...args: readonly string[]) => {
      const child = weighbridge(world.client, "registry", "list", ...args);
      return `${child.status} ${child.stderr}`;
    };
    expect(list("--server", "http://weighbridge.example.com", "--token-file", file)).toMatch(/^2 .*not encrypted.*\[WB_REMOTE_ADDRESS\]/);
    expect(list("--server", address, "--token-file", file, "--data", "x")).toMatch(/^2 .*two installations.*\[WB_USAGE\]/);
    chmodSync(file, 0o644);
    expect(list("--server", address, "--token-file", file)).toMatch(/^2 .*other users can read.*\[WB_REMOTE_TOKEN\]/);
    expect(list("--server", address)).toMatch(/^2 .*there is no token.*\[WB_REMOTE_TOKEN\]/);
    expect(heard).toEqual([]);
  });
});
