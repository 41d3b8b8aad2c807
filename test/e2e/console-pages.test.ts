import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { visible } from "../../src/escape.ts";
import { openBrowser, openWindow, settled, visit } from "./console-browser.ts";
import { ADA, GRACE, HOSTILE_FILE, HOSTILE_NAME, HOSTILE_REASON, LONG_NAME } from "./console-models.ts";
import { type ConsoleWorld, openConsoleWorld } from "./console-world.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** `UPDATE_SCREENSHOTS=1 npm run test:e2e -- console-pages` writes the pictures of the documentation anew. */
const PICTURES = process.env.UPDATE_SCREENSHOTS === "1" ? resolve(import.meta.dirname, "../../docs/images") : null;

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

/** A place, and what is done there before it is looked at. `at`: its address in this world. */
interface Place {
  readonly name: string;
  readonly who?: string | null;
  readonly at: (story: ConsoleWorld["story"]) => string;
  readonly act?: (page: Page) => Promise<unknown>;
}

const model = (digest: string) => `/models/${encodeURIComponent(digest)}`;
const PLACES: readonly Place[] = [
  { name: "sign-in", who: null, at: () => "/" },
  { name: "overview", at: () => "/" },
  { name: "models", at: () => "/models" },
  { name: "models-none", at: () => "/models?q=nothing-like-that" },
  { name: "report", at: ({ heron }) => model(heron) },
  { name: "report-denied", at: ({ falcon }) => model(falcon) },
  { name: "report-hostile", at: ({ hostile }) => model(hostile), act: openAll },
  { name: "report-missing", at: () => "/models/nothing-like-that" },
  { name: "revoke", at: ({ heron }) => model(heron), act: (page) => page.getByRole("button", { name: "Revoke…" }).click() },
  { name: "approvals", at: () => "/approvals" },
  { name: "approval", at: ({ ofGrace }) => `/approvals/${encodeURIComponent(ofGrace)}` },
  { name: "approval-four-eyes", who: GRACE, at: ({ ofGrace }) => `/approvals/${encodeURIComponent(ofGrace)}` },
  { name: "deployments", at: () => "/deployments" },
  { name: "deploy", at: ({ heron }) => `/deployments/new?artifact=${encodeURIComponent(heron)}` },
  { name: "log", at: () => "/log" },
  { name: "entry", at: () => "/log/6" },
  { name: "entry-opened", at: () => "/log/1", act: openAll },
  { name: "tokens", at: () => "/settings/tokens" },
  { name: "token", at: () => "/settings/tokens", act: (page) => page.getByRole("button", { name: "Create a token" }).click() },
  { name: "roles", at: () => "/settings/roles" },
  { name: "policies", at: () => "/settings/policies", act: openAll },
  { name: "acts", at: () => "/settings/acts" },
  { name: "submit", at: () => "/submit" },
  { name: "keys", at: () => "/log", act: (page) => page.keyboard.press("?") },
  { name: "nowhere", at: () => "/no/such/place" },
];

/** Everything that opens. */
async function openAll(page: Page): Promise<void> {
  await page.locator("details:not([open])").evaluateAll((all) => {
    for (const one of all) one.setAttribute("open", "");
  });
}

async function look(page: Page, { at, act }: Place): Promise<void> {
  await visit(page, world, at(world.story));
  await act?.(page);
  await settled(page);
}

const LOOKS = [
  { theme: "light", width: 1280 },
  { theme: "dark", width: 1280 },
  { theme: "light", width: 390 },
  { theme: "dark", width: 390 },
] as const;

/** What is wrong in one look; each line names it. */
async function wrongIn(page: Page, name: string, { theme, width }: (typeof LOOKS)[number]): Promise<readonly string[]> {
  await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
  await page.emulateMedia({ colorScheme: theme });
  await settled(page);
  if (PICTURES !== null) await picture(page, `${name}-${theme}-${width}`);
  const beyond = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
  const found = [...(beyond > 0 ? [`${beyond} px stand out at the side`] : []), ...(await violationsOn(page))];
  return found.map((what) => `${theme}, ${width} wide: ${what}`);
}

describe("in light and dark, wide and narrow", () => {
  it.each(PLACES)("$name keeps to the rules of the page, fits, and has nothing against it by axe", async (place) => {
    const { page, context, wrongs } = await openWindow(browser, world, place.who === undefined ? ADA : place.who);
    onTestFinished(() => context.close());
    await context.addInitScript({ content: AXE });
    await look(page, place);
    const found: string[] = [];
    for (const one of LOOKS) found.push(...(await wrongIn(page, place.name, one)));
    expect(found).toEqual([]);
    expect(await page.evaluate("typeof pwned")).toBe("undefined");
    expect(wrongs).toEqual([]);
  });
});

async function violationsOn(page: Page): Promise<readonly string[]> {
  const { violations }: AxeResults = await page.evaluate("axe.run()");
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary}`));
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What the documentation shows. */
const SHOWN: ReadonlySet<string> = new Set([
  "overview-light-1280",
  "overview-dark-1280",
  "overview-light-390",
  "report-denied-light-1280",
  "report-dark-390",
  "approval-light-1280",
  "approval-dark-390",
  "deployments-light-1280",
  "entry-dark-1280",
]);

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === null || !SHOWN.has(name)) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.evaluate("document.fonts.ready");
  await page.screenshot({ path: join(PICTURES, `console-${name}.png`) });
}

describe("texts of models and people", () => {
  async function mainText(path: string): Promise<string> {
    const { page, context, wrongs } = await openWindow(browser, world, ADA);
    onTestFinished(async () => {
      await context.close();
      expect(wrongs).toEqual([]);
    });
    await visit(page, world, path);
    await openAll(page);
    return (await page.locator("main").textContent()) ?? "";
  }

  it.each<[string, string, () => string]>([
    ["a name in the list of models", HOSTILE_NAME, () => "/models"],
    ["a name of three hundred characters", LONG_NAME, () => "/models"],
    ["a name on its report", HOSTILE_NAME, () => model(world.story.hostile)],
    ["the name of a file", HOSTILE_FILE, () => model(world.story.hostile)],
    ["a value of a configuration, in the title of a finding", "<img src=x onerror=pwned=7>", () => model(world.story.hostile)],
    ["who submitted it", "token:<i>ci</i>", () => model(world.story.hostile)],
    ["a name in the inbox", HOSTILE_NAME, () => "/approvals"],
    ["a name in an opened approval", HOSTILE_NAME, () => `/approvals/${encodeURIComponent(world.story.hostile)}`],
    ["the name of a token", HOSTILE_NAME.slice(0, 90), () => "/settings/tokens"],
    ["a search that finds nothing", "nothing", () => `/models?q=${encodeURIComponent("<img src=x onerror=pwned=8>nothing")}`],
  ])("%s is shown as it is, with what is unseen made visible", async (_, text, path) => {
    const shown = text === "nothing" ? "No model is like that." : visible(text);
    expect(await mainText(path())).toContain(shown);
  });

  it("a reason of several lines is shown in its lines", async () => {
    const text = await mainText(model(world.story.suspended));
    expect(text).toContain(HOSTILE_REASON.split("\n").map(visible).join("\n"));
  });

  it("no link leads anywhere but to a place of the console", async () => {
    const { page, context } = await openWindow(browser, world, ADA);
    onTestFinished(() => context.close());
    const found = new Set<string>();
    for (const place of PLACES.filter(({ who }) => who === undefined)) {
      await look(page, place);
      for (const href of await page.locator("a").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))) found.add(href);
    }
    expect([...found].filter((href) => !/^(\/(?!\/)|#)/.test(href))).toEqual([]);
  });
});
