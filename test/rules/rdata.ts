import { readFileSync } from "node:fs";
import { call, header, int, numbers, promise, symbol, text } from "../fixtures/rdata/writer.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const fixture = (name: string): Files => ({ "model.rds": readFileSync(new URL(`../fixtures/rdata/${name}`, import.meta.url)) });
const object = (body: Uint8Array): Files => ({ "model.rds": Buffer.concat([header(), body]) });
const linearModel = fixture("lm.rds");
const namespace = (name: string) => Buffer.concat([int(249), int(0), int(1), int(0x40009), int(name.length), Buffer.from(name)]);
const alternative = (className: string, ...parts: readonly Buffer[]) =>
  Buffer.concat([int(238), int(2), symbol(className), int(2), symbol("base"), int(254), ...parts]);

export const R_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "r-promise",
    severity: "high",
    fires: { what: "An R object that is an expression, which R evaluates when it is used.", files: object(promise(call(symbol("+"), numbers(1)))) },
    silent: { what: "A linear model as R writes it.", files: linearModel },
  },
  {
    rule: "r-acting-call",
    severity: "high",
    fires: { what: "A model whose formula calls `system('true')` when it predicts.", files: fixture("predvars.rds") },
    silent: { what: "A formula with columns called `load` and `file`.", files: object(call(symbol("~"), symbol("load"), symbol("file"))) },
  },
  {
    rule: "r-unknown-call",
    severity: "medium",
    fires: { what: "A model whose formula calls `frobnicate`.", files: fixture("unknown-call.rds") },
    silent: { what: "A linear model as R writes it.", files: linearModel },
  },
  {
    rule: "r-function",
    severity: "medium",
    fires: { what: "A model that carries functions by value.", files: fixture("closure.rds") },
    silent: { what: "A model that carries coefficients and its formula.", files: linearModel },
  },
  {
    rule: "r-active-binding",
    severity: "medium",
    fires: { what: "An environment with a variable that calls a function when it is read.", files: fixture("active.rds") },
    silent: { what: "An environment with a variable that has a value.", files: fixture("environment.rds") },
  },
  {
    rule: "r-package",
    severity: "high",
    fires: { what: "An object that has R load the package `../../tmp/x`.", files: object(namespace("../../tmp/x")) },
    silent: { what: "An object that refers to the package `stats`, which R brings.", files: fixture("stats-namespace.rds") },
  },
  {
    rule: "r-rebuilt-object",
    severity: "medium",
    fires: {
      what: "An object that the class `mmap_real` rebuilds from a path.",
      files: object(alternative("mmap_real", text("/etc/passwd"), int(254))),
    },
    silent: { what: "A sequence of numbers as R abbreviates it.", files: fixture("compact.rds") },
  },
  {
    rule: "r-structure",
    severity: "medium",
    fires: { what: "A number with words behind it.", files: object(Buffer.concat([numbers(1), Buffer.from("words")])) },
    silent: { what: "A number.", files: object(numbers(1)) },
  },
];
