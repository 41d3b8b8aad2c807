import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { LOOKED_AT } from "./console-moment.ts";
import type { ConsoleWorld } from "./console-world.ts";

const CHROMIUM = "/usr/bin/chromium";
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Throws where there is none: a console that nobody looked at is not tested. */
export function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`the tests of the console need ${CHROMIUM}: apt-get install chromium`);
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS });
}

/** A window, and all that went wrong in it. */
export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors, broken rules of the content security policy, dialogs of the browser, and requests to other places. */
  readonly wrongs: readonly string[];
}

/** A window of somebody who is signed in, at the moment at which the world stands still. Null: of somebody who is not. */
export async function openWindow(browser: Browser, world: ConsoleWorld, who: string | null, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options });
  if (who !== null) {
    const value = world.session(who, who.replace(/^.*[:#]/, ""));
    await context.addCookies([{ name: "weighbridge_session", value, url: world.running.console, httpOnly: true, sameSite: "Strict" }]);
  }
  await context.addInitScript({
    content: 'addEventListener("securitypolicyviolation", (event) => console.error("CSP " + event.violatedDirective + " " + event.blockedURI))',
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(LOOKED_AT);
  const wrongs: string[] = [];
  page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) wrongs.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    wrongs.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${world.running.console}/`)) wrongs.push(`request: ${request.url()}`);
  });
  return { page, context, wrongs };
}

/** Opens a place, and waits until what it shows has come. */
export async function visit(page: Page, world: ConsoleWorld, path: string): Promise<void> {
  await page.goto(world.running.console + path);
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  const coming = page.locator(".loading, [aria-busy=true]"); // counted, not waited for in the page: its rules allow no eval there
  for (const until = Date.now() + 20_000; (await coming.count()) > 0; ) if (Date.now() > until) throw new Error(`${page.url()} does not settle`);
}
