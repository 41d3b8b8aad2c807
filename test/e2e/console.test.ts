import { resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openBrowser, openWindow, settled, visit, type Window } from "./console-browser.ts";
import { ADA, GRACE, LINUS } from "./console-models.ts";
import { LOOKED_AT } from "./console-moment.ts";
import { callOf } from "./console-story.ts";
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

/** A window that is closed, and in which nothing went wrong, when the test ends. */
async function windowOf(who: string | null): Promise<Window> {
  const window = await openWindow(browser, world, who);
  onTestFinished(async () => {
    await window.context.close();
    expect(window.wrongs).toEqual([]);
  });
  return window;
}

function modelPath(digest: string): string {
  return `/models/${encodeURIComponent(digest)}`;
}

function notice(page: Page, text: string): Promise<void> {
  return page.getByRole("status").filter({ hasText: text }).waitFor();
}

describe("signing in", () => {
  it("takes the secret of a link out of the address at once, and goes on to what was wanted", async () => {
    const { page } = await windowOf(null);
    await page.goto(`${world.running.console}/log`);
    await page.getByRole("heading", { name: "Sign in with a link" }).waitFor();
    const addresses: string[] = [];
    page.on("framenavigated", () => addresses.push(page.url()));
    await page.goto(world.running.signInLink().url);
    await page.getByRole("heading", { name: "Log", exact: true }).waitFor();
    expect(new URL(page.url())).toMatchObject({ pathname: "/log", hash: "" });
    await page.goBack();
    expect(page.url()).not.toContain("#");
  });

  it("says what to do about a link that was used or is over", async () => {
    const { page } = await windowOf(null);
    const { url } = world.running.signInLink();
    world.moment.passMinutes(11);
    await page.goto(url);
    await page.getByRole("alert").filter({ hasText: "This link was used already, or is over." }).waitFor();
    world.moment.moveTo(LOOKED_AT);
    expect(await page.getByRole("alert").textContent()).toContain("weighbridge sign-in");
    expect(page.url()).not.toContain("#");
    // the next link is pasted into the same tab, where it changes the fragment alone
    await page.evaluate(`location.assign(${JSON.stringify(world.running.signInLink().url)})`);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
  });

  it("ends by the button, and says when it ended otherwise", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/models");
    world.running.parts.sessions.endAllOf(ADA);
    await page.getByLabel("Denied").check({ force: true });
    await page.getByRole("alert").filter({ hasText: "You are signed out. What is on this page stays as it was." }).waitFor();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Sign in with a link" }).waitFor();
  });

  it("lets somebody without a role see who they are, and nothing else", async () => {
    const { page } = await windowOf("oidc:https://login.example.org#newcomer");
    await page.goto(`${world.running.console}/log`);
    await page.getByRole("heading", { name: "You have no role here yet" }).waitFor();
    expect(await page.locator("pre").textContent()).toBe("oidc:https://login.example.org#newcomer");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in with a link" }).waitFor();
  });
});

describe("models", () => {
  it("are found by filter and keyboard, and their report says why", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/");
    await page.getByRole("link", { name: "Models", exact: true }).click();
    await settled(page);
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Models");
    await page.keyboard.press("/");
    await page.keyboard.type("trapped");
    await expect.poll(() => page.url()).toContain("q=trapped");
    await expect.poll(() => page.locator("tbody tr").count()).toBe(1);
    await page.locator("h1").focus();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "hub/trapped-falcon" }).waitFor();
    await settled(page);
    expect(await page.title()).toBe("hub/trapped-falcon – Weighbridge");
    expect(await page.locator("article").textContent()).toContain("builtins.exec");
    await page.goBack();
    await expect.poll(() => page.getByRole("searchbox").inputValue()).toBe("trapped");
  });

  it("are compared with the version that was let in before", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, modelPath(world.story.ofGrace));
    const changes = page.locator("#changes");
    await changes.getByText("prepare.py").waitFor();
    expect(await changes.textContent()).toMatch(/Against search\/reranker-v4 .*1 file added.*prepare\.py.*1 file changed.*NOTICE\.md/s);
  });

  it("are revoked and reinstated with a reason", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, modelPath(world.story.contracts));
    await page.getByRole("button", { name: "Revoke…" }).click();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("TEXTAREA");
    await page.getByRole("button", { name: "Revoke", exact: true }).click(); // without a reason nothing happens
    await page.getByLabel("Reason").fill("It reads more than contracts.");
    await page.keyboard.press("Control+Enter");
    await notice(page, "Revoked.");
    await page.getByRole("button", { name: "Reinstate…" }).waitFor();
    expect(await page.evaluate("document.querySelector('dialog')")).toBeNull();
    const { standing, standingChanges } = await world.running.parts.registry.show(world.story.contracts);
    expect(standing).toBe("revoked");
    expect(standingChanges).toMatchObject([{ effect: "revoke", reason: { kind: "text", value: "It reads more than contracts." } }]);
    await page.getByRole("button", { name: "Reinstate…" }).click();
    await page.getByLabel("Reason").fill("It was another one.");
    await page.getByRole("button", { name: "Reinstate", exact: true }).click();
    await notice(page, "Reinstated.");
    await page.locator("#people").getByText("It was another one.").waitFor();
  });

  it("get a name", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, modelPath(world.story.contracts));
    await page.getByRole("button", { name: "Give a name…" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("contracts");
    await page.keyboard.press("Enter");
    await notice(page, "The name is given.");
    await visit(page, world, "/models/contracts");
    await page.getByRole("heading", { level: 1, name: "legal/contract-reader" }).waitFor();
  });

  it("are submitted from a folder, examined, and decided about", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/submit");
    await page.getByLabel("Folder with the model's files").setInputFiles(resolve(import.meta.dirname, "../../examples/trapped-falcon"));
    expect(await page.getByLabel("Name").inputValue()).toBe("trapped-falcon");
    await page.getByRole("button", { name: "Upload and examine" }).click();
    await notice(page, "Uploaded. It is examined now.");
    const row = page.locator("tbody tr").first();
    await row.getByText("Denied").waitFor({ timeout: 60_000 });
    await row.getByRole("link", { name: "trapped-falcon" }).click();
    await page.getByText(world.story.falcon).first().waitFor();
  });
});

describe("approvals", () => {
  it("are given by the keyboard alone, with a reason", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/approvals");
    const rows = await page.locator("[data-row]").count();
    for (let presses = 0; presses < rows; presses++) await page.keyboard.press(presses === 0 ? "j" : "ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: "hub/ibis-3b" }).waitFor();
    await settled(page);
    await page.keyboard.press("a");
    await page.keyboard.type("Read prepare.py: ");
    await page.keyboard.press("Enter"); // a reason may have lines
    await page.keyboard.type("one harmless line.");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.id")).toBe("opened-title");
    await page.keyboard.press("a");
    await page.keyboard.press("Control+Enter");
    await notice(page, "Approved. Its ticket is entry");
    await expect.poll(() => page.locator("[data-row]").count()).toBe(rows - 1);
    const { decision, approvals } = await world.running.parts.registry.show(world.story.held);
    expect(decision).toBe("allow");
    expect(approvals.map(({ policy, reason }) => [policy, reason])).toEqual(
      ["complete-coverage", "review-findings"].map((policy) => [policy, { kind: "text", value: "Read prepare.py: \none harmless line." }]),
    );
    await page.keyboard.press("Escape");
    expect(new URL(page.url()).pathname).toBe("/approvals");
  });

  it("list their keys, which can be turned off", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/approvals");
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByLabel("Single letters are commands").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    expect(await page.evaluate("document.activeElement.dataset.row")).toBeUndefined();
  });

  it("are explained to whoever submitted the model, and refused", async () => {
    const { page } = await windowOf(GRACE);
    await visit(page, world, `/approvals/${encodeURIComponent(world.story.ofGrace)}`);
    const decide = page.locator(".decide");
    await decide.waitFor();
    expect(await decide.textContent()).toMatch(/You cannot approve this one\. Nobody approves what they submitted themselves\..*Four eyes/s);
    expect(await decide.locator("textarea").count()).toBe(0);
  });
});

describe("deployments", () => {
  it("are made as a declaration, and withdrawn with a reason", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, `/deployments/new?artifact=${encodeURIComponent(world.story.heron)}`);
    await page.getByLabel("Name at the gateway").fill("heron-test");
    await page.getByLabel("Address of the model server").fill("http://169.254.169.254");
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: "WB_GATEWAY_UPSTREAM_REFUSED" }).waitFor();
    await page.getByLabel("Address of the model server").fill("http://127.0.0.1:18999");
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    await notice(page, "Deployed");
    const row = page.locator("tbody tr").filter({ hasText: "heron-test" });
    await row.getByText("nobody measured that this model answers here").waitFor();
    await row.getByRole("button", { name: "Withdraw heron-test…" }).click();
    await page.getByLabel("Reason").fill("It was a test.");
    await page.getByRole("button", { name: "Withdraw", exact: true }).click();
    await notice(page, "Withdrawn.");
    await expect.poll(() => row.count()).toBe(0);
    expect((await world.running.parts.registry.deployments()).map(({ name }) => name)).not.toContain("heron-test");
  });

  it("show calls as they come, and those of one deployment alone", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/deployments");
    await page.getByText("Live", { exact: true }).waitFor();
    await world.running.parts.audit.append({ ...callOf(1, world.story.deployments), at: LOOKED_AT, principal: "token:just-now" });
    await page.getByText("token:just-now").waitFor({ timeout: 5000 });
    await page.getByLabel("Calls of").selectOption({ label: "kestrel" });
    await settled(page);
    const outcomes = page.locator("section[aria-labelledby=calls-title] tbody tr td:first-child");
    await expect.poll(async () => new Set(await outcomes.allTextContents())).toEqual(new Set(["Refused 403model_revoked"]));
  });

  it("are read again every ten seconds where no events come through", async () => {
    const { page } = await windowOf(ADA);
    await page.route("**/api/v1/events", (route) => route.fulfill({ status: 502, body: "" }));
    await visit(page, world, "/deployments");
    await page.getByText("Asks every 10 seconds").waitFor();
    await world.running.parts.audit.append({ ...callOf(1, world.story.deployments), at: LOOKED_AT, principal: "token:without-events" });
    await page.getByText("token:without-events").waitFor({ timeout: 15_000 });
  });
});

describe("settings", () => {
  it("make a token whose secret is shown once, and revoke it", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/settings/tokens");
    await page.getByRole("button", { name: "Create a token" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("end-to-end");
    await page.getByLabel(/^api/).check();
    await page.getByLabel(/^viewer/).check();
    await page.getByRole("button", { name: "Create", exact: true }).click();
    const secret = (await page.locator("[data-secret]").textContent()) ?? "";
    const ask = () => fetch(`${world.running.console}/api/v1/overview`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await ask()).status).toBe(200);
    await page.getByRole("button", { name: "I have it" }).click();
    expect(await page.content()).not.toContain(secret);
    await page.getByRole("button", { name: "Revoke end-to-end…" }).click();
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await notice(page, "The token is revoked.");
    expect((await ask()).status).toBe(401);
    await page.locator("tbody tr").filter({ hasText: "end-to-end" }).getByText("Revoked", { exact: true }).waitFor();
  });

  it("grant and remove roles, show what policy test says, and what was done", async () => {
    const { page } = await windowOf(ADA);
    await visit(page, world, "/settings/roles");
    await page.getByLabel("Grant a role to").fill("oidc:https://login.example.org#margaret");
    await page.getByLabel("Role", { exact: true }).selectOption("operator");
    await page.getByRole("button", { name: "Grant" }).click();
    const box = page.getByLabel("operator, oidc:https://login.example.org#margaret");
    await box.waitFor();
    await box.click();
    await notice(page, "The role is removed.");
    await expect.poll(() => box.count()).toBe(0);
    await visit(page, world, "/settings/policies");
    await page.getByText("a critical finding denies").waitFor();
    expect(await page.getByText("FAILED").count()).toBe(0);
    await visit(page, world, "/settings/acts");
    await page.getByText("role.remove").first().waitFor();
  });

  it("are not for those who only read, and nor is any act", async () => {
    const { page } = await windowOf(LINUS);
    await visit(page, world, "/settings/tokens");
    await page.getByText("Only administrators see this. You are signed in as viewer.").waitFor();
    for (const path of [modelPath(world.story.heron), "/deployments", "/models"]) {
      await visit(page, world, path);
      const acts = page.locator("main").getByRole("button", { name: /Revoke|Suspend|Give a name|Withdraw|Approve/ });
      expect(await acts.count()).toBe(0);
      expect(
        await page
          .getByRole("link", { name: /Submit a model|Deploy/ })
          .filter({ hasNotText: "Deployments" })
          .count(),
      ).toBe(0);
    }
  });
});

describe("without a connection", () => {
  it("says so, shows no other answer for the one that was asked, and goes on by itself", async () => {
    const { page, context } = await windowOf(ADA);
    await visit(page, world, "/models");
    await context.setOffline(true);
    await page.getByLabel("Denied").check({ force: true });
    await page.getByRole("alert").filter({ hasText: "What is shown is of 2026-11-21 12:46 UTC." }).waitFor();
    expect(await page.locator("tbody tr").count()).toBe(0);
    await context.setOffline(false);
    await expect.poll(() => page.locator("tbody tr").count(), { timeout: 15_000 }).toBe(1);
    expect(await page.getByRole("alert").count()).toBe(0);
  });
});
