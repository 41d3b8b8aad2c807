import { describe, expect, it } from "vitest";
import { opDesc, param, program } from "../../../test/fixtures/protobuf/paddle.ts";
import { bytes } from "../../../test/fixtures/protobuf/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";
import data from "./data/operators.json" with { type: "json" };

const walk = async (content: Uint8Array, name = "model.pdmodel") => {
  const { formats, findings, unexamined } = await walkFile(name, bytesOf(Buffer.from(content)), DEFAULT_LIMITS, () => {});
  return {
    formats,
    unexamined,
    found: findings.filter(({ severity }) => severity !== "info").map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`),
  };
};

describe("Paddle programs", () => {
  it("of ordinary operators, their gradients and their forms in place pass", async () => {
    const ops = ["feed", "conv2d", "relu_grad", "relu_", "elementwise_add_grad_grad", "while", "adam", "multihead_matmul", "fetch"];
    expect(await walk(program(ops.map((op) => opDesc(op))))).toEqual({ formats: ["paddle"], unexamined: [], found: [] });
  });

  it.each([
    ["py_func", "high", "calls a Python function of the process"],
    ["read_file", "high", "reads any file of the machine into a tensor"],
    ["load_combine", "medium", "reads parameters from a file that the program names"],
    ["save", "medium", "writes a file that the program names"],
    ["listen_and_serv", "medium", "talks to other machines at addresses that the program gives"],
    ["tensorrt_engine", "medium", "hands a program or engine, held as bytes, to a compiler or an accelerator; it is not examined"],
  ])("%s is %s, in any block", async (op, severity, does) => {
    expect((await walk(program([opDesc("relu")], [opDesc(op, { file_path: "/etc/x" })]))).found).toEqual([
      `${severity} paddle-acting-operator: The program ${does}: operator ${op}`,
    ]);
  });

  it("with an operator that nobody knows are review", async () => {
    expect((await walk(program([opDesc("shell_exec")]))).found).toEqual([
      "medium paddle-unknown-operator: The program needs the operator shell_exec, which Paddle is not known to come with",
    ]);
  });

  it("stand in one family of the table only", () => {
    const all = [...data.ordinary, ...data.acting].flatMap(({ operators }) => operators.split(" "));
    expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
  });

  it("and parameters with an executable in a place that nobody owns are high", async () => {
    const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200, 1)]);
    expect(
      (await walk(Buffer.concat([program([opDesc("relu")]), bytes(99, elf)]))).found.some((line) => line.startsWith("high hidden-content")),
    ).toBe(true);
    expect(
      (await walk(Buffer.concat([param([2], Buffer.alloc(8, 1)), elf]), "model.pdiparams")).found.some((line) =>
        line.startsWith("high hidden-content"),
      ),
    ).toBe(true);
  });

  it("have parameters that pass", async () => {
    expect(await walk(Buffer.concat([param([2], Buffer.alloc(8, 1)), param([3000], Buffer.alloc(12_000, 7))]), "model.pdiparams")).toEqual({
      formats: ["paddle-params"],
      unexamined: [],
      found: [],
    });
  });
});
