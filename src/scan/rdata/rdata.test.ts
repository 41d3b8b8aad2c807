import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { call, header, int, numbers, promise, symbol, text, variables, vector } from "../../../test/fixtures/rdata/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/rdata/${name}`, import.meta.url));

async function findings(bytes: Uint8Array, name = "model.rds"): Promise<readonly string[]> {
  const report = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`);
}

const SYSTEM = call(symbol("system"), text("true"));
const object = (body: Buffer) => Buffer.concat([header(), body]);

describe("R objects of real models", () => {
  it.each([
    "lm-2.rds",
    "lm-3.rds",
    "lm.rds",
    "lm-ascii.rds",
    "lm-xz.rds",
    "lm-native.rds",
    "frame.rds",
    "values.rds",
    "values-ascii.rds",
    "environment.rds",
    "s4.rds",
    "stats-namespace.rds",
    "compact.rds",
  ])("%s passes", async (name) => {
    expect(await findings(fixture(name))).toEqual([]);
  });

  it.each(["models.rda", "models-2.rda", "models-ascii.rda"])("the workspace %s passes", async (name) => {
    expect(await findings(fixture(name), name)).toEqual([]);
  });

  it.each([
    ["glm.rds", "", 18],
    ["glm-poisson.rds", "!/data", 18],
    ["glm-inside.rds", "!/data", 18],
    ["nls.rds", "!/data", 26],
    ["interpolations.rds", "!/data", 4],
  ])("%s carries functions of R's own, and passes", async (name, inside, count) => {
    expect(await findings(fixture(name))).toEqual([`info r-function model.rds${inside}: The object holds ${count} functions of R's own packages`]);
  });
});

describe("functions that are nearly R's own are held", () => {
  /** The glm with each text in the place of the first of the same length. */
  const changed = (from: string, to: string) => {
    const bytes = Buffer.from(fixture("glm.rds"));
    bytes.write(to, bytes.indexOf(from), "latin1");
    return findings(bytes);
  };

  it("another routine of native code", async () => {
    expect(await changed("C_logit_linkinv", "C_other_routine")).toEqual([
      "info r-function model.rds: The object holds 16 functions of R's own packages",
      "medium r-function model.rds: The object holds 2 functions by value",
    ]);
  });

  it("a variable that takes the place of a routine", async () => {
    expect(await changed("linktemp", "C_a_link")).toContainEqual(
      "medium r-function model.rds: The object holds 18 functions by value, 10 parts as bytecode",
    );
  });

  it("bytecode with another instruction", async () => {
    const bytes = Buffer.from(fixture("glm.rds"));
    const code = bytes.indexOf(Buffer.from("0000000c00000014", "hex")); // version 12, then GETVAR
    bytes.writeInt32BE(16, code + 4);
    expect(await findings(bytes)).toContainEqual(
      expect.stringMatching(/^medium r-function model\.rds: The object holds [12] functions by value, [12] parts as bytecode$/),
    );
  });
});

describe("CVE-2024-27322 and its kin", () => {
  it("a promise that calls system, as the object", async () => {
    expect(await findings(object(promise(SYSTEM)))).toEqual([
      "critical r-promise model.rds: The object itself is an expression that R evaluates when it is used",
      "high r-acting-call model.rds: A delayed expression calls system, which starts a program",
    ]);
  });

  it("the same as a variable of a workspace", async () => {
    expect(await findings(Buffer.concat([header(true), variables(["x", promise(SYSTEM)])]), "m.rda")).toContain(
      "critical r-promise m.rda: A variable of the workspace is an expression that R evaluates when it is used",
    );
  });

  it("a promise of a harmless call is still no object of R's own", async () => {
    expect(await findings(object(promise(call(symbol("+"), numbers(1)))))).toEqual([
      "high r-promise model.rds: The object itself is an expression that R evaluates when it is used",
    ]);
  });

  it("an expression that calls through another call", async () => {
    const through = call(call(symbol("get"), text("sys")), text("true"));
    expect(await findings(object(promise(through)))).toContain("medium r-unknown-call model.rds: A formula or stored call names get");
  });
});

describe("what acts later", () => {
  it.each(["predvars.rds", "predvars-qualified.rds"])("%s: a formula that predict() evaluates", async (name) => {
    expect(await findings(fixture(name))).toEqual(["high r-acting-call model.rds: A formula or stored call calls system, which starts a program"]);
  });

  it.each(["closure-acting.rds", "compiled-acting.rds"])("%s: a function that starts a program", async (name) => {
    expect(await findings(fixture(name))).toContain("high r-acting-call model.rds: A function in the object calls system, which starts a program");
  });

  it("a builtin at the head of a call is judged by its name", async () => {
    const builtin = Buffer.concat([int(8), int(6), Buffer.from("system")]);
    expect(await findings(object(call(builtin, text("true"))))).toEqual([
      "high r-acting-call model.rds: A formula or stored call calls system, which starts a program",
    ]);
  });

  it("a delayed value and an active binding in an environment", async () => {
    expect((await findings(fixture("lazy-binding.rds"))).toSorted()).toEqual([
      "high r-acting-call model.rds: A delayed expression calls system, which starts a program",
      "medium r-promise model.rds: A variable of an environment is an expression that R evaluates when it is used",
    ]);
    expect(await findings(fixture("active.rds"))).toContain(
      "medium r-active-binding model.rds: A variable of an environment calls a function when it is read",
    );
  });

  it("a call that nobody here knows", async () => {
    expect(await findings(fixture("unknown-call.rds"))).toEqual(["medium r-unknown-call model.rds: A formula or stored call names frobnicate"]);
  });

  it("near misses: columns and texts that are called as functions are", async () => {
    const columns = call(symbol("~"), symbol("load"), call(symbol("+"), symbol("url"), call(symbol("log"), symbol("source"))));
    expect(await findings(object(vector(text("system('id')"), symbol("system"), columns)))).toEqual([]);
  });

  it("a package by name, and by a path", async () => {
    const namespace = (name: string) => Buffer.concat([int(249), int(0), int(1), int(0x40009), int(name.length), Buffer.from(name)]);
    expect(await findings(object(namespace("ranger")))).toEqual(["info r-package model.rds: Reading it loads the package ranger"]);
    expect(await findings(object(namespace("../../tmp/x")))).toEqual(['high r-package model.rds: Reading it loads the package "../../tmp/x"']);
  });

  it("a class that maps a file", async () => {
    const info = Buffer.concat([int(2), symbol("mmap_real"), int(2), symbol("base"), int(254)]);
    expect(await findings(object(Buffer.concat([int(238), info, text("/etc/passwd"), int(254)])))).toEqual([
      "medium r-rebuilt-object model.rds: A part is rebuilt by the class mmap_real",
    ]);
  });
});

it("#25 a pickle behind the object is hidden content", async () => {
  const found = await findings(object(Buffer.concat([numbers(1), Buffer.from("cos\nsystem\n(S'true'\ntR.")])));
  expect(found).toContainEqual(expect.stringMatching(/^medium r-structure model\.rds: 23 bytes behind the object/));
  expect(found).toContainEqual(expect.stringMatching(/^critical pickle-callable model\.rds!\/unowned@/));
});

it("#67 a program in a raw vector is found by its head", async () => {
  const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01\0", "latin1"), Buffer.alloc(120)]);
  const found = await findings(object(Buffer.concat([int(24), int(elf.length), elf])));
  expect(found).toContainEqual(expect.stringMatching(/^medium native-code model\.rds!\/raw@/));
});

it("#25 a pickle where the object breaks off is hidden content", async () => {
  const found = await findings(object(Buffer.from("\x80\x04cos\nsystem\n(S'true'\ntR.", "latin1")));
  expect(found).toContainEqual(expect.stringMatching(/^critical pickle-callable model\.rds!\/unowned@/));
});
