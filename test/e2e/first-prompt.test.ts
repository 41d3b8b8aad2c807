import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { madeModel, startEngine } from "../engine/start-engine.ts";
import { environment, scratch } from "./cli.ts";
import { startServer } from "./server-process.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Runs lines as a person would paste them, and yields what the last of them prints. */
async function pasted(folder: string, lines: readonly string[]): Promise<string> {
  const shell = spawn("bash", ["-e", "-c", lines.join("\n")], { cwd: ROOT, env: environment(folder), stdio: ["ignore", "pipe", "inherit"] });
  const output: Buffer[] = [];
  shell.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  expect((await once(shell, "close"))[0]).toBe(0);
  return Buffer.concat(output).toString().trim().split("\n").at(-1) ?? "";
}

it("the lines that start prints lead from a fresh clone to an answer of a real engine", async () => {
  const engine = await startEngine(madeModel());
  onTestFinished(() => engine.stop());
  const folder = scratch();
  const server = await startServer(folder, "start");
  await expect.poll(() => server.output.at(-1), { timeout: 20_000 }).toBe("Ctrl-C ends it.");
  const from = server.output.findIndex((line) => line.includes("weighbridge admit test/engine/"));
  const lines = server.output
    .slice(from, from + 4)
    .map((line) => line.replace("http://127.0.0.1:8081", engine.url).replace("npx weighbridge", `"${process.execPath}" bin/weighbridge.js`));
  expect(lines.at(-1)).toContain("curl -s ");
  const answer = JSON.parse(await pasted(folder, [...lines.slice(0, 3), "sleep 0.5", ...lines.slice(3)]));
  expect(answer).toMatchObject({ object: "chat.completion", choices: [{ message: { role: "assistant", content: expect.stringMatching(/\w+/) } }] });
  expect(answer.usage.completion_tokens).toBeGreaterThan(0);
});
