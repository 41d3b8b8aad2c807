import { createCipheriv } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { jsonLines, only, weighbridge } from "./cli.ts";
import { RemoteWorld } from "./remote-world.ts";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

interface Job {
  readonly id: string;
  readonly state: string;
  readonly principal: string;
  readonly result: { readonly artifact: string; readonly decision: string } | null;
}

/** Bytes that are of no format, and the same in each run. */
function noise(name: string, sizeBytes: number): Buffer {
  return createCipheriv("aes-256-ctr", Buffer.alloc(32, name), Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

const secretIn = (file: string) => readFileSync(file, "utf8").trim();

async function until<T>(ask: () => T | Promise<T>, holds: (value: Awaited<T>) => boolean): Promise<Awaited<T>> {
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    await wait(20);
  }
}

const jobOf = async (world: RemoteWorld, secret: string, id: string) => (await world.ask(secret, "GET", `/jobs/${id}`)) as Job; // as the API says

/** What a command that was left running printed, and its exit code. */
async function endOf(child: ReturnType<RemoteWorld["begin"]>) {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const [status] = await once(child, "exit");
  return { status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

it("kill -9 in the middle of a job: the next process runs it again, for the same principal, once", async () => {
  const world = await new RemoteWorld().start();
  const secret = secretIn(world.tokenFile("ci", "operator"));
  const id = await world.beginHugeJob(secret, 2 * GIB);
  const { principal } = await until(
    () => jobOf(world, secret, id),
    ({ state }) => state === "running",
  );
  await world.stop("SIGKILL");
  expect(jsonLines(weighbridge(world.server, "registry", "list", "--json"))).toEqual([]);
  await world.start();
  const done = await until(
    () => jobOf(world, secret, id),
    ({ state }) => state !== "queued" && state !== "running",
  );
  expect(done).toMatchObject({ state: "done", principal, result: { decision: expect.any(String) } });
  const [listed, ...others] = jsonLines(weighbridge(world.server, "registry", "list", "--json"));
  expect([listed?.artifact, listed?.name, others]).toEqual([done.result?.artifact, "huge", []]);
  expect(jsonLines(weighbridge(world.server, "registry", "show", String(done.result?.artifact), "--json"))).toMatchObject([
    { principal: { value: principal }, history: [{ kind: "admission" }] },
  ]);
  expect(weighbridge(world.server, "log", "verify").status).toBe(0);
  await until(
    () => world.uploadedFiles(),
    (files) => files.length === 0,
  );
});

it("kill -9 in the middle of an upload: the client goes on with the server that comes back", async () => {
  const world = await new RemoteWorld().start();
  const token = world.tokenFile("ci", "operator");
  const model = join(world.client, "model");
  mkdirSync(model);
  for (const name of ["a", "b", "c"]) writeFileSync(join(model, `${name}.bin`), noise(name, 96 * MIB));
  const { digest } = only(weighbridge(world.client, "scan", "--json", model)).artifact;
  const end = endOf(world.begin(token, "admit", "--json", model));
  const received = () => world.uploadedFiles().reduce((sum, file) => sum + statSync(join(world.server, file)).size, 0);
  const before = await until(received, (bytes) => bytes > 8 * MIB);
  await world.stop("SIGKILL");
  expect(received()).toBeGreaterThanOrEqual(before);
  await world.start();
  const { status, stdout, stderr } = await end;
  expect([status, stderr]).toEqual([3, ""]);
  expect(JSON.parse(stdout)).toMatchObject({ artifact: { digest }, decision: "hold" });
});

it("Ctrl-C cancels the job on the server, and nothing is decided", async () => {
  const world = await new RemoteWorld().start();
  const token = world.tokenFile("ci", "operator");
  const secret = secretIn(token);
  const blocking = await world.beginHugeJob(secret, 8 * GIB);
  const model = join(world.client, "model");
  mkdirSync(model);
  writeFileSync(join(model, "README.md"), "# x\n");
  const child = world.begin(token, "admit", model);
  const end = endOf(child);
  const jobs = async () => ((await world.ask(secret, "GET", "/jobs")) as { items: Job[] }).items; // as the API says
  const [own] = await until(jobs, ({ length }) => length === 2);
  child.kill("SIGINT");
  expect(await end).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^weighbridge: stopped before the end\. .*\[WB_INTERRUPTED\]\n$/),
  });
  expect(own?.id).not.toBe(blocking);
  expect((await jobs()).map(({ id, state }) => [id, state])).toEqual([
    [own?.id, "cancelled"],
    [blocking, "running"],
  ]);
  await world.ask(secret, "POST", `/jobs/${blocking}/cancellation`, {});
  await until(
    () => jobOf(world, secret, blocking),
    ({ state }) => state === "cancelled",
  );
  expect(jsonLines(weighbridge(world.server, "registry", "list", "--json"))).toEqual([]);
});

it("bodies over a real connection: one that goes on after the announced size is refused, one that is cut is kept as far as it came", async () => {
  const world = await new RemoteWorld().start();
  const secret = secretIn(world.tokenFile("ci", "operator"));
  const upload = (await world.ask(secret, "POST", "/uploads", { name: "n", files: [{ path: "f", size: 10 }] })) as { id: string }; // as the API says
  const { hostname, port } = new URL(world.address);
  const put = (headers: string, body: string) => {
    const socket = connect(Number(port), hostname);
    socket.write(
      `PUT /api/v1/uploads/${upload.id}/files/0 HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/octet-stream\r\n${headers}\r\n\r\n${body}`,
    );
    return socket;
  };
  const received = async () => ((await world.ask(secret, "GET", `/uploads/${upload.id}`)) as { files: { received: number }[] }).files[0]?.received; // as above
  const cut = put("Content-Length: 10", "0123");
  await until(received, (bytes) => bytes === 4);
  cut.destroy();
  const over = put("Upload-Offset: 4\r\nTransfer-Encoding: chunked", "a\r\n0123456789\r\n0\r\n\r\n");
  const [answer] = (await once(over, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 [\s\S]*WB_UPLOAD_SIZE/);
  over.destroy();
  const rest = put("Upload-Offset: 4\r\nContent-Length: 6\r\nConnection: close", "456789");
  const [done] = (await once(rest, "data")) as [Buffer];
  expect(done.toString()).toMatch(/^HTTP\/1\.1 204 /);
  expect(await received()).toBe(10);
  expect(readFileSync(join(world.server, world.uploadedFiles()[0] ?? ""), "utf8")).toBe("0123456789");
});
