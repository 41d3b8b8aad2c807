import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { founded, type World } from "../../../test/registry-world.ts";
import { digestOf } from "../../digest.ts";
import { parseExamination } from "../../evidence/examination.ts";
import { PREDICATE } from "../../evidence/predicate-types.ts";
import type { Json } from "../../json.ts";
import { loadPolicySet } from "../../policy/policy-set.ts";
import type { Registry } from "../../registry/index.ts";
import { openState, type State } from "../../state/database.ts";
import { type Upload, Uploads } from "../uploads/index.ts";
import { admissionOfJob, latestAdmission } from "./admission-answer.ts";
import { Jobs, type JobsOptions } from "./jobs.ts";

const policies = loadPolicySet();
const GIB = 2 ** 30;

/** A server's part that takes uploads and admits them, on an installation of its own. */
class Bench {
  readonly state: State;
  uploads: Uploads;
  jobs: Jobs;
  readonly faults: unknown[] = [];
  readonly #registry: Registry;
  readonly #world: World;
  readonly #directory: string;
  readonly #options: JobsOptions;

  constructor(registry: Registry, world: World, directory: string, options: JobsOptions = {}) {
    this.#registry = registry;
    this.#world = world;
    this.#directory = directory;
    this.#options = { threads: 1, onFault: (error) => this.faults.push(error), ...options };
    this.state = openState(directory);
    [this.uploads, this.jobs] = this.#made();
  }

  async start(): Promise<this> {
    await this.uploads.start();
    await this.jobs.start();
    return this;
  }

  /** As a process that begins where one ended: nothing of the old one's memory is left. */
  async restart(): Promise<this> {
    [this.uploads, this.jobs] = this.#made();
    return this.start();
  }

  #made(): [Uploads, Jobs] {
    const surroundings = this.#world;
    const uploads = new Uploads({ state: this.state, directory: this.#directory, surroundings, limits: { reserveBytes: 0 } });
    return [uploads, new Jobs({ registry: this.#registry, policies, state: this.state, uploads, surroundings, options: this.#options })];
  }

  async upload(principal: string, files: Readonly<Record<string, string>>, name = "tiny"): Promise<Upload> {
    const announced = Object.entries(files).map(([path, text]) => ({ path, size: Buffer.byteLength(text) }));
    const upload = await this.uploads.begin(principal, { name, files: announced });
    for (const [n, text] of Object.values(files).entries()) await this.uploads.put(principal, upload.id, n, 0, new Blob([text]).stream());
    return upload;
  }

  /** An upload that takes seconds to hash, of which no byte is sent: it lies there as after a restart. */
  async hugeUpload(principal: string): Promise<Upload> {
    const { id, tree } = await this.uploads.begin(principal, { name: "huge", files: [{ path: "model.bin", size: 8 * GIB }] });
    writeFileSync(join(tree, "model.bin"), "");
    truncateSync(join(tree, "model.bin"), 8 * GIB);
    const upload = this.uploads.find(principal, id);
    await upload.resume();
    return upload;
  }

  async until(id: string, ...states: readonly string[]): Promise<void> {
    if (states.includes(this.jobs.get(id).state)) return;
    await new Promise<void>((resolve) => {
      const end = this.jobs.subscribe(() => {
        if (!states.includes(this.jobs.get(id).state)) return;
        end();
        resolve();
      });
    });
  }
}

function withBench(use: (bench: Bench, registry: Registry) => Promise<void>, options: JobsOptions = {}): Promise<void> {
  return founded(async (registry, world, root) => {
    const bench = new Bench(registry, world, root, options);
    try {
      await bench.start();
      await use(bench, registry);
      expect(bench.faults).toEqual([]);
    } finally {
      await bench.jobs.close();
      await bench.uploads.close();
      bench.state.close();
    }
  });
}

const MODEL = { "README.md": "# Tiny\n", "config.json": '{"architectures":["LlamaForCausalLM"],"model_type":"llama"}' };
const HOSTILE = { "model.pkl": "cos\nsystem\n(S'id'\ntR." };
const told = (json: string | null) => JSON.parse(json ?? "null");
const admissionsIn = async (registry: Registry) => (await Array.fromAsync(registry.list())).map(({ artifact }) => artifact);

describe("a job", () => {
  it("admits an upload under its name, for the principal who submitted it, and removes the bytes", () =>
    withBench(async (bench, registry) => {
      const upload = await bench.upload("token:7", MODEL, "Tiny model");
      const { id } = await bench.jobs.submit("token:7", upload.id);
      await bench.until(id, "done");
      const result = told(bench.jobs.get(id).result);
      const shown = await registry.show(result.artifact);
      expect(shown).toMatchObject({ decision: "allow", name: { value: "Tiny model" }, principal: { value: "token:7" } });
      expect(result).toMatchObject({ decision: { outcome: "allow" }, recorded: { kind: "ticketed", ticket: { leaf: shown.ticket?.leaf } } });
      await bench.jobs.close();
      expect(existsSync(dirname(upload.tree))).toBe(false);
      expect(bench.uploads.list("token:7")).toEqual([]);
    }));

  it("is done, too, where the decision is deny", () =>
    withBench(async (bench) => {
      const { id } = await bench.jobs.submit("ada", (await bench.upload("ada", HOSTILE)).id);
      await bench.until(id, "done");
      expect(told(bench.jobs.get(id).result)).toMatchObject({ decision: { outcome: "deny" }, recorded: { kind: "recorded", outcome: "deny" } });
    }));

  it("of the same bytes again makes no new entry", () =>
    withBench(async (bench) => {
      const kinds: string[] = [];
      for (const principal of ["ada", "bob"]) {
        const { id } = await bench.jobs.submit(principal, (await bench.upload(principal, MODEL)).id);
        await bench.until(id, "done");
        kinds.push(told(bench.jobs.get(id).result).recorded.kind);
      }
      expect(kinds).toEqual(["ticketed", "already-ticketed"]);
    }));

  it("of other bytes than were expected fails, decides nothing, and says nothing of where they lay", () =>
    withBench(async (bench, registry) => {
      const upload = await bench.upload("ada", MODEL);
      const { id } = await bench.jobs.submit("ada", upload.id, { expect: digestOf("other") });
      await bench.until(id, "failed");
      expect(told(bench.jobs.get(id).error)).toMatchObject({ code: "WB_ADMISSION_UNEXPECTED", message: expect.stringMatching(/^tiny is sha256:/) });
      expect(bench.jobs.get(id).error).not.toContain(upload.tree);
      expect(await admissionsIn(registry)).toEqual([]);
    }));

  it("takes no upload that is not whole, of somebody else, or handed over before", () =>
    withBench(async ({ jobs, uploads, ...bench }) => {
      const half = await uploads.begin("ada", { name: "n", files: [{ path: "f", size: 1 }] });
      await expect(jobs.submit("ada", half.id)).rejects.toMatchObject({ code: "WB_UPLOAD_INCOMPLETE" });
      await expect(jobs.submit("eve", half.id)).rejects.toMatchObject({ code: "WB_UPLOAD_NOT_FOUND" });
      await uploads.put("ada", half.id, 0, 0, new Blob(["x"]).stream());
      const both = await Promise.allSettled([jobs.submit("ada", half.id), jobs.submit("ada", half.id)]);
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(bench.faults).toEqual([]);
    }));

  it("tells those who listen of each change", () =>
    withBench(async (bench) => {
      const states: string[] = [];
      const end = bench.jobs.subscribe((id) => states.push(bench.jobs.get(id).state));
      const { id } = await bench.jobs.submit("ada", (await bench.upload("ada", MODEL)).id);
      await bench.until(id, "done");
      await bench.jobs.close();
      end();
      expect([...new Set(states)]).toEqual(["queued", "running", "done"]);
    }));
});

describe("what is told of an admission", () => {
  it("is what was examined and decided, whether a job or the registry is asked", () =>
    withBench(async (bench, registry) => {
      const { id } = await bench.jobs.submit("ada", (await bench.upload("ada", HOSTILE)).id);
      await bench.until(id, "done");
      const result = told(bench.jobs.get(id).result);
      const ofJob = await admissionOfJob(registry, result);
      const latest = await latestAdmission(registry, result.artifact);
      expect(latest).toEqual({ ...ofJob, recorded: { ...ofJob.recorded, kind: "already-recorded" } });
      const manifest = await registry.manifest(result.artifact);
      if (manifest === null) throw new Error("no manifest");
      const statement = { subject: result.artifact, predicateType: PREDICATE.examination, predicate: ofJob.examination as Json };
      const examination = parseExamination(statement, { digest: result.artifact, omsRoot: null, manifest });
      expect(examination).toMatchObject({ kind: "parsed", value: { findings: [{ rule: "pickle-callable", where: { path: "model.pkl" } }] } });
    }));
});

describe("cancelling", () => {
  it("a job that runs decides nothing", () =>
    withBench(async (bench, registry) => {
      const { id } = await bench.jobs.submit("ada", (await bench.hugeUpload("ada")).id);
      expect(bench.jobs.get(id).state).toBe("running");
      await bench.jobs.cancel(id);
      await bench.until(id, "cancelled");
      await bench.jobs.close();
      expect(await admissionsIn(registry)).toEqual([]);
      expect(bench.uploads.list("ada")).toEqual([]);
      await bench.jobs.cancel(id);
    }));

  it("a job that waits keeps it from ever running", () =>
    withBench(async (bench) => {
      const first = await bench.jobs.submit("ada", (await bench.hugeUpload("ada")).id);
      const second = await bench.jobs.submit("ada", (await bench.upload("ada", MODEL)).id);
      await bench.jobs.cancel(second.id);
      await bench.jobs.cancel(first.id);
      await bench.until(first.id, "cancelled");
      expect(bench.jobs.get(second.id)).toMatchObject({ state: "cancelled", attempts: 0, result: null });
    }));

  it("a job that has ended is refused", () =>
    withBench(async (bench) => {
      const { id } = await bench.jobs.submit("ada", (await bench.upload("ada", MODEL)).id);
      await bench.until(id, "done");
      await bench.jobs.close();
      await expect(bench.jobs.cancel(id)).rejects.toMatchObject({ code: "WB_JOB_ENDED" });
      await expect(bench.jobs.cancel("0".repeat(32))).rejects.toMatchObject({ code: "WB_JOB_NOT_FOUND" });
    }));
});

describe("the queue", () => {
  it("lets principals take turns", () =>
    withBench(async (bench) => {
      const order: string[] = [];
      bench.jobs.subscribe((id) => {
        const { name, state } = bench.jobs.get(id);
        if (state === "running" && !order.includes(name)) order.push(name);
      });
      const blocking = await bench.jobs.submit("zoe", (await bench.hugeUpload("zoe")).id);
      const ids: string[] = [];
      for (const [principal, name] of [
        ["ada", "a1"],
        ["ada", "a2"],
        ["bob", "b1"],
        ["zoe", "z1"],
      ] as const)
        ids.push((await bench.jobs.submit(principal, (await bench.upload(principal, { "README.md": name }, name)).id)).id);
      await bench.jobs.cancel(blocking.id);
      for (const id of ids) await bench.until(id, "done");
      expect(order).toEqual(["huge", "a1", "b1", "z1", "a2"]);
    }));

  it("takes only so many jobs of one principal", () =>
    withBench(
      async (bench) => {
        const first = await bench.jobs.submit("ada", (await bench.hugeUpload("ada")).id);
        await bench.jobs.submit("ada", (await bench.upload("ada", MODEL)).id);
        const third = await bench.upload("ada", MODEL);
        await expect(bench.jobs.submit("ada", third.id)).rejects.toMatchObject({ code: "WB_JOB_TOO_MANY" });
        await bench.jobs.submit("bob", (await bench.upload("bob", MODEL)).id);
        await bench.jobs.cancel(first.id);
        await bench.until(first.id, "cancelled");
        await bench.jobs.submit("ada", third.id);
      },
      { maxOpenPerPrincipal: 2 },
    ));
});

describe("after a restart", () => {
  it("a job that an orderly stop interrupted is run again, and the stop is no attempt", () =>
    withBench(async (bench, registry) => {
      const { id } = await bench.jobs.submit("ada", (await bench.hugeUpload("ada")).id);
      await bench.jobs.close();
      expect(bench.jobs.get(id)).toMatchObject({ state: "queued", attempts: 0 });
      expect(await admissionsIn(registry)).toEqual([]);
      await bench.restart();
      expect(bench.jobs.get(id)).toMatchObject({ state: "running", attempts: 1 });
      await bench.jobs.cancel(id);
    }));

  it("a job in the middle of which the process was killed is run again, under the same name and for the same principal", () =>
    withBench(async (bench, registry) => {
      const { id: blocking } = await bench.jobs.submit("ada", (await bench.hugeUpload("ada")).id);
      const { id } = await bench.jobs.submit("bob", (await bench.upload("bob", MODEL, "Bob's")).id);
      await bench.jobs.cancel(blocking);
      await bench.jobs.close();
      bench.state.sql.exec(`UPDATE state_jobs SET state = 'running', attempts = 1 WHERE id = '${id}'`);
      await bench.restart();
      await bench.until(id, "done");
      expect(bench.jobs.get(id).attempts).toBe(2);
      const [artifact] = await admissionsIn(registry);
      expect(await registry.show(artifact ?? digestOf(""))).toMatchObject({ name: { value: "Bob's" }, principal: { value: "bob" } });
    }));

  it("a job in the middle of which processes were killed three times has failed", () =>
    withBench(async (bench) => {
      const { id } = await bench.jobs.submit("ada", (await bench.hugeUpload("ada")).id);
      await bench.jobs.close();
      bench.state.sql.exec("UPDATE state_jobs SET state = 'running', attempts = 3");
      await bench.restart();
      expect(bench.jobs.get(id).state).toBe("failed");
      expect(told(bench.jobs.get(id).error)).toMatchObject({ code: "WB_JOB_LOST" });
      expect(bench.uploads.list("ada")).toEqual([]);
    }));

  it("a job whose bytes were lost has failed", () =>
    withBench(async (bench) => {
      const upload = await bench.hugeUpload("ada");
      const { id } = await bench.jobs.submit("ada", upload.id);
      await bench.jobs.close();
      rmSync(join(upload.tree, "model.bin"));
      await bench.restart();
      await bench.until(id, "failed");
      expect(told(bench.jobs.get(id).error)).toMatchObject({ code: "WB_JOB_NO_BYTES" });
    }));

  it("bytes of jobs that have ended are removed", () =>
    withBench(async (bench) => {
      const upload = await bench.upload("ada", MODEL);
      const { id } = await bench.jobs.submit("ada", upload.id);
      await bench.jobs.close();
      bench.state.sql.exec(`UPDATE state_jobs SET state = 'cancelled', ended_at = '2026-01-01T00:00:00.000Z' WHERE id = '${id}'`);
      bench.state.sql.exec("DELETE FROM state_uploads");
      bench.state.sql.exec(`INSERT INTO state_uploads VALUES ('${upload.id}', 'ada', 'n', '[{"path":"f","size":1}]', 1, '2026-01-01T00:00:00.000Z')`);
      mkdirSync(upload.tree, { recursive: true });
      await bench.restart();
      expect(existsSync(dirname(upload.tree))).toBe(false);
    }));
});
