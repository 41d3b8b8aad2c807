import { expect, it } from "vitest";
import { codeInState } from "../../formats/pickle/code-in-state.ts";
import { ALLOWED_TABLES } from "./allowlist.ts";
import acting from "./data/acting-classes.json" with { type: "json" };
import aliases from "./data/aliases.json" with { type: "json" };
import references from "./data/allowed-references.json" with { type: "json" };
import restored from "./data/allowed-restored.json" with { type: "json" };
import codeByValue from "./data/code-by-value.json" with { type: "json" };
import effects from "./data/effects.json" with { type: "json" };
import packages from "./data/packages.json" with { type: "json" };
import plain from "./data/plain-classes.json" with { type: "json" };
import restoredModules from "./data/restored-modules.json" with { type: "json" };
import stdlib from "./data/stdlib.json" with { type: "json" };
import { enclosing, pairsOf, type Row } from "./rows.ts";

const pairs = (rows: readonly Row[]) => Array.from(pairsOf(rows), ([module, name]) => `${module} ${name}`);
const repeated = (names: readonly string[]) => names.filter((name, at) => names.indexOf(name) !== at);
const TABLES = { acting, codeByValue, plain, references, restored, restoredModules, effects: { rows: effects.rows, notes: effects.effects } };

it.each(Object.entries(TABLES))("every row of %s has a note, and no pair stands twice", (_, { rows, notes }) => {
  expect(rows.filter(([, , key = ""]) => !Object.hasOwn(notes, key))).toEqual([]);
  expect(repeated(pairs(rows))).toEqual([]);
});

it("no pair is allowed and dangerous at once", () => {
  const allowed = new Set(ALLOWED_TABLES.flatMap(({ rows }) => pairs(rows)));
  const others = [acting, codeByValue, plain, effects].flatMap(({ rows }) => pairs(rows));
  expect(others.filter((pair) => allowed.has(pair))).toEqual([]);
});

it("what may only be referred to or restored is not allowed besides", () => {
  const allowed = new Set(ALLOWED_TABLES.flatMap(({ rows }) => pairs(rows)));
  expect([references, restored, restoredModules].flatMap(({ rows }) => pairs(rows)).filter((pair) => allowed.has(pair))).toEqual([]);
});

it("the state of every class that runs a text of it is looked at", () => {
  const running = restored.rows.filter(([, , key = ""]) => key === "distribution" || key === "formula");
  const names = Array.from(pairsOf(running), ([module, name]) => `${module}.${name}`);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => codeInState(name, "no dict", {}) === null)).toEqual([]);
});

it("no row stands under a module name that is read as another", () => {
  const old = new Set(aliases.modules.map(([name]) => name));
  const modules = [...ALLOWED_TABLES, references, restored, restoredModules, acting, codeByValue, plain, effects].flatMap(({ rows }) =>
    rows.map(([module = ""]) => module),
  );
  expect(modules.filter((module) => [...enclosing(module)].some((path) => old.has(path)))).toEqual([]);
});

it("every effect that counts as critical is described", () => {
  expect(effects.critical.filter((key) => !Object.hasOwn(effects.effects, key))).toEqual([]);
});

it("every package is of one family, and none of the standard library", () => {
  const names = packages.families.flatMap((family) => family.packages.split(" "));
  const standard = new Set(Object.values(stdlib.modules).flatMap((group) => group.split(" ")));
  expect(repeated(names)).toEqual([]);
  expect(names.filter((name) => standard.has(name))).toEqual([]);
});

it("knows the standard library of every version by its oldest, newest, private and test modules", () => {
  const standard = new Set(Object.values(stdlib.modules).flatMap((group) => group.split(" ")));
  const names =
    "__builtin__ commands popen2 rexec urllib2 imp distutils asyncore _pyrepl _interpreters annotationlib compression test lib2to3 pip nt _winapi sitecustomize";
  expect(names.split(" ").filter((name) => !standard.has(name))).toEqual([]);
  expect(["torch", "numpy", "__main__", "__torch__", "setuptools"].filter((name) => standard.has(name))).toEqual([]);
});
