import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { openBrowser, openWindow, visit } from "./console-browser.ts";
import { ADA } from "./console-models.ts";
import { type ConsoleWorld, openConsoleWorld } from "./console-world.ts";

let world: ConsoleWorld;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  world = await openConsoleWorld();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function page(): Promise<Page> {
  const { page, context, wrongs } = await openWindow(browser, world, ADA);
  onTestFinished(async () => {
    await context.close();
    expect(wrongs).toEqual([]);
  });
  return page;
}

type Entry = Record<"entry" | "checkpoint" | "leaf" | "logKey", string> & { proof: string[] };

/** Answers as somebody would who changed what is on its way. */
async function tamper(on: Page, change: (entry: Entry) => void): Promise<void> {
  await on.route("**/api/v1/log/entries/*", async (route) => {
    const response = await route.fetch();
    const entry: Entry = await response.json();
    change(entry);
    await route.fulfill({ response, json: entry });
  });
}

/** The same bytes but for one bit. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  return bytes.toString("base64");
}

async function checksOn(on: Page): Promise<Readonly<Record<string, string>>> {
  await on.locator("[data-outcome]").waitFor();
  const found = await on
    .locator("[data-check]")
    .evaluateAll((items) => items.map((item) => [item.getAttribute("data-check"), item.getAttribute("data-state")]));
  return Object.fromEntries(found);
}

it("verifies an entry in the browser, and decodes it of the bytes that it verified", async () => {
  const tab = await page();
  await visit(tab, world, "/log/5");
  expect(await checksOn(tab)).toEqual({ leaf: "verified", inclusion: "verified", checkpoint: "verified", signature: "verified", trust: "verified" });
  expect(await tab.locator("[data-outcome]").textContent()).toContain("Verified in this browser");
  await tab.getByText("The whole statement").click();
  expect(await tab.locator("main").textContent()).toContain('"_type": "https://in-toto.io/Statement/v1"');
});

it("verifies every entry that there is", async () => {
  const tab = await page();
  const { size } = await world.running.parts.registry.checkpoint();
  for (let index = 0; index < size; index++) {
    await visit(tab, world, `/log/${index}`);
    expect(Object.values(await checksOn(tab))).toEqual(Array(5).fill("verified"));
  }
});

it.each<[string, (entry: Entry) => void, readonly string[]]>([
  ["a byte of the entry", (entry) => (entry.entry = flipped(entry.entry)), ["leaf", "inclusion", "signature"]],
  [
    "a byte of the entry, with the leaf hash that fits the old one",
    (entry) => (entry.entry = flipped(entry.entry)),
    ["leaf", "inclusion", "signature"],
  ],
  ["a hash of the proof", (entry) => (entry.proof = [flipped(entry.proof[0] ?? ""), ...entry.proof.slice(1)]), ["inclusion"]],
  [
    "the root of the checkpoint",
    (entry) => (entry.checkpoint = entry.checkpoint.replace(/\n(.{43}=)\n/, (_, root) => `\n${flipped(root)}\n`)),
    ["inclusion", "checkpoint"],
  ],
  [
    "the size of the checkpoint",
    (entry) => (entry.checkpoint = entry.checkpoint.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`)),
    ["checkpoint"],
  ],
])("says visibly that it does not hold when somebody changes %s", async (_, change, failing) => {
  const tab = await page();
  await tamper(tab, change);
  await visit(tab, world, "/log/5");
  const checks = await checksOn(tab);
  expect(Object.keys(checks).filter((id) => checks[id] === "failed")).toEqual(expect.arrayContaining([...failing]));
  expect(await tab.locator("[data-outcome]").textContent()).toContain("NOT VERIFIED");
  expect(await tab.getByRole("alert").textContent()).toContain("The proof of this entry does not hold.");
});

it("takes the word of the report back when the proof of its ticket fails", async () => {
  const tab = await page();
  await visit(tab, world, `/models/${encodeURIComponent(world.story.heron)}`);
  await tab.locator("header").getByText("Verified in this browser").waitFor();
  expect(await tab.locator("article > header").getAttribute("class")).toContain("good");
  await tamper(tab, (entry) => (entry.entry = flipped(entry.entry)));
  await tab.reload();
  await tab.getByRole("alert").filter({ hasText: "The proof of this decision does not hold." }).waitFor();
  expect(await tab.locator("article > header").getAttribute("class")).not.toContain("good");
});

it("notices an entry that is another one, however well that is in the log", async () => {
  const tab = await page();
  await tab.route("**/api/v1/log/entries/*", async (route) =>
    route.fulfill({ response: await route.fetch({ url: `${world.running.console}/api/v1/log/entries/4` }) }),
  );
  await visit(tab, world, `/models/${encodeURIComponent(world.story.heron)}`);
  await tab.getByRole("alert").filter({ hasText: "The proof of this decision does not hold." }).waitFor();
});

it("remembers the log, and fails for one that shrank or has another key", async () => {
  const tab = await page();
  await visit(tab, world, "/log");
  const memory = tab.locator("[data-check=memory]");
  await memory.getByText("sees this log for the first time").waitFor();
  await tab.reload();
  await memory.getByText("The same").waitFor();
  for (const [change, told] of [
    ["{ size: 9999 }", "It had 9999 entries"],
    ['{ logKey: "another+00000000+AA==" }', "It was signed by another key"],
    ['{ root: "AA==" }', "It had another root"],
  ] as const) {
    await tab.evaluate(
      `localStorage.setItem("weighbridge.checkpoint", JSON.stringify({ ...JSON.parse(localStorage.getItem("weighbridge.checkpoint")), ...${change} }))`,
    );
    await tab.reload();
    await tab.getByRole("alert").filter({ hasText: "This checkpoint does not hold." }).waitFor();
    await memory.getByText(told).waitFor();
    await tab.evaluate('localStorage.removeItem("weighbridge.checkpoint")');
    await tab.reload();
    await memory.getByText("sees this log for the first time").waitFor();
  }
});
