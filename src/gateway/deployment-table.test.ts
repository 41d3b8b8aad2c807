import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Deployment } from "../registry/index.ts";
import { type DeploymentSource, DeploymentTable } from "./deployment-table.ts";

function deploymentOf(name: string, record: Partial<Deployment["record"]> = {}): Deployment {
  return {
    id: name,
    name,
    artifact: `sha256:${"ab".repeat(32)}`,
    ticket: "22".repeat(32),
    level: "declared",
    upstream: { url: "http://127.0.0.1:1", addresses: ["127.0.0.1"], model: null },
    engine: null,
    at: "2026-11-20T00:00:00.000Z",
    record: { notAfter: "2026-12-01T00:00:00.000Z", act: null, outcome: "allow", ...record },
  };
}

/** A registry that can be changed, and can fail. */
class Source implements DeploymentSource {
  deployed: readonly Deployment[] = [deploymentOf("a")];
  number = 1;
  fails = false;
  reads = 0;
  gate: Promise<void> = Promise.resolve();

  change(deployed: readonly Deployment[]): void {
    this.deployed = deployed;
    this.number++;
  }

  async deployments(): Promise<readonly Deployment[]> {
    this.reads++;
    const { deployed } = this;
    await this.gate;
    if (this.fails) throw new Error("cannot be read");
    return deployed;
  }

  version(): number {
    if (this.fails) throw new Error("cannot be read");
    return this.number;
  }
}

describe("DeploymentTable", () => {
  const source = { current: new Source() };
  let table: DeploymentTable;
  const reports: unknown[] = [];

  beforeEach(async () => {
    vi.useFakeTimers({ now: new Date("2026-11-21T00:00:00Z") });
    source.current = new Source();
    reports.length = 0;
    table = await DeploymentTable.open(source.current, { now: () => new Date(), report: (error) => reports.push(error) });
  });
  afterEach(() => {
    table.close();
    vi.useRealTimers();
  });

  it("finds by name, and says the standing of this moment", () => {
    expect(table.find("a")).toMatchObject({ deployment: { name: "a" }, standing: "good" });
    expect(table.find("b")).toBe(null);
    expect(table.list()).toHaveLength(1);
  });

  it("ends a ticket at its very moment, whatever the registry says", async () => {
    await vi.advanceTimersByTimeAsync(Date.parse("2026-11-30T23:59:59.999Z") - Date.now());
    expect(table.find("a")?.standing).toBe("good");
    vi.setSystemTime(new Date("2026-12-01T00:00:00Z"));
    expect(table.find("a")?.standing).toBe("expired");
  });

  it("sees a revocation within a quarter of a second", async () => {
    source.current.change([deploymentOf("a", { act: "revoke" })]);
    await vi.advanceTimersByTimeAsync(250);
    expect(table.find("a")?.standing).toBe("revoked");
  });

  it("reads again only when the version is another one", async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(source.current.reads).toBe(1);
    source.current.change([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(source.current.reads).toBe(2);
    expect(table.find("a")).toBe(null);
  });

  it("reads at once for whoever says that something changed", async () => {
    source.current.change([deploymentOf("b")]);
    await table.refresh();
    expect(table.find("b")?.standing).toBe("good");
  });

  it("reads what changed while it was reading", async () => {
    const gate = Promise.withResolvers<void>();
    source.current.gate = gate.promise;
    source.current.change([deploymentOf("b")]);
    const first = table.refresh();
    await Promise.resolve();
    source.current.change([deploymentOf("c")]);
    const second = table.refresh();
    gate.resolve();
    await Promise.all([first, second]);
    expect(table.list().map(({ deployment }) => deployment.name)).toEqual(["c"]);
  });

  it("goes on with what it knows while it reads, and not for longer than half a second", async () => {
    const gate = Promise.withResolvers<void>();
    source.current.gate = gate.promise;
    source.current.change([]);
    await vi.advanceTimersByTimeAsync(250);
    expect(table.find("a")?.standing).toBe("good");
    await vi.advanceTimersByTimeAsync(500);
    expect(() => table.find("a")).toThrow(expect.objectContaining({ code: "WB_GATEWAY_NOT_LOADED" }));
    gate.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(table.find("a")).toBe(null);
  });

  it("knows nothing while the registry cannot be asked, says so, and goes on by itself", async () => {
    source.current.fails = true;
    await vi.advanceTimersByTimeAsync(250);
    expect(() => table.find("a")).toThrow(expect.objectContaining({ code: "WB_GATEWAY_NOT_LOADED" }));
    expect(() => table.list()).toThrow(expect.objectContaining({ code: "WB_GATEWAY_NOT_LOADED" }));
    expect(reports).not.toHaveLength(0);
    source.current.fails = false;
    await vi.advanceTimersByTimeAsync(250);
    expect(table.find("a")?.standing).toBe("good");
  });

  it("looks for itself when its timer did not run", () => {
    vi.setSystemTime(Date.now() + 60_000);
    expect(table.find("a")?.standing).toBe("good");
    source.current.change([]);
    vi.setSystemTime(Date.now() + 60_000);
    expect(() => table.find("a")).toThrow(expect.objectContaining({ code: "WB_GATEWAY_NOT_LOADED" }));
  });

  it("tells who listens, until they do not want to hear it", async () => {
    let told = 0;
    const stop = table.onChange(() => told++);
    source.current.change([]);
    await vi.advanceTimersByTimeAsync(250);
    stop();
    source.current.change([]);
    await vi.advanceTimersByTimeAsync(250);
    expect(told).toBe(1);
  });

  it("does not open over a registry that cannot be read", async () => {
    source.current.fails = true;
    await expect(DeploymentTable.open(source.current, { now: () => new Date() })).rejects.toThrow("cannot be read");
  });
});
