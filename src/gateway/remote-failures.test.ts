import { describe, expect, it } from "vitest";
import { RemoteFailures } from "./remote-failures.ts";

describe("RemoteFailures", () => {
  it("asks an address to wait after sixty in a minute, and forgets them with the minute", () => {
    let nowMs = 1_000_000;
    const failures = new RemoteFailures(() => new Date(nowMs));
    const answers = Array.from({ length: 61 }, () => failures.note("192.0.2.1"));
    expect(answers.slice(0, 60).every((answer) => answer === null)).toBe(true);
    nowMs += 20_000;
    expect(failures.note("192.0.2.1")).toBe(40_000);
    expect(failures.note("192.0.2.2")).toBe(null);
    nowMs += 40_000;
    expect(failures.note("192.0.2.1")).toBe(null);
    expect(failures.total).toBe(64);
  });

  it("begins anew when the clock was set back", () => {
    let nowMs = 1_000_000_000;
    const failures = new RemoteFailures(() => new Date(nowMs));
    for (let i = 0; i < 100; i++) failures.note("192.0.2.1");
    nowMs = 0;
    expect(failures.note("192.0.2.1")).toBe(null);
  });

  it("keeps ten thousand addresses and no more", () => {
    const failures = new RemoteFailures(() => new Date(0));
    for (let i = 0; i < 61; i++) failures.note("192.0.2.1");
    for (let i = 0; i < 10_000; i++) failures.note(`address ${i}`);
    expect(failures.note("192.0.2.1")).toBe(null);
  });
});
