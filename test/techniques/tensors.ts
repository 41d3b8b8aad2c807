import { GgufEncoder, type GgufParts, ggufOf, safetensorsOf, withHeader } from "../fixtures/tensors/writers.ts";
import type { Files, Technique } from "./technique.ts";

const e = new GgufEncoder();
const w = { name: "w", dimensions: [8], type: 0, offset: 0 };
const gguf = (parts: GgufParts = {}): Files => ({ "model.gguf": ggufOf({ data: new Uint8Array(32), tensors: [w], ...parts }) });
const metadata = (key: string, value: Uint8Array): Files => gguf({ metadata: [[key, value]] });
const two = (name: string, offset: number): Files => gguf({ tensors: [w, { ...w, name, offset }], data: new Uint8Array(64) });
const HUGE = 2n ** 62n;

const layout = (title: string, files: Files, nearMiss = gguf()): Technique => ({ number: 100, title, files, least: "review", nearMiss });

/** GGUF files whose counts and lengths would have a reader allocate, read or write where it must not. */
const GGUF: readonly Technique[] = [
  layout("a GGUF file of 2^62 tensors", gguf({ tensorCount: HUGE })),
  layout("a GGUF file of 2^62 keys", gguf({ keyCount: HUGE })),
  layout(
    "a GGUF key that is longer than the file",
    gguf({ metadata: [["a", Buffer.concat([e.u32(8), e.u64(HUGE)])]] }),
    metadata("a", e.textValue("")),
  ),
  layout("a GGUF array of 2^62 elements", metadata("a", e.arrayValue(10, HUGE, e.u64(1))), metadata("a", e.arrayValue(10, 1, e.u64(1)))),
  layout("GGUF arrays within arrays within arrays", metadata("a", deep(200)), metadata("a", deep(1))),
  layout("a GGUF value of a type that is none", metadata("a", e.u32(99)), metadata("a", e.u32Value(99))),
  layout("a GGUF tensor of a negative type", gguf({ tensors: [{ ...w, type: 0xffffffff }] })),
  layout("a GGUF alignment of zero", metadata("general.alignment", e.u32Value(0)), metadata("general.alignment", e.u32Value(32))),
  layout(
    "a GGUF tensor of five dimensions",
    gguf({ tensors: [{ ...w, dimensions: [8, 1, 1, 1, 1] }] }),
    gguf({ tensors: [{ ...w, dimensions: [8, 1, 1, 1] }] }),
  ),
  layout(
    "GGUF dimensions whose product overflows",
    gguf({ tensors: [{ ...w, dimensions: [2n ** 32n, 2n ** 32n, 8] }] }),
    gguf({ tensors: [{ ...w, dimensions: [2, 2, 2] }] }),
  ),
  layout("a GGUF tensor beyond the end", gguf({ tensors: [{ ...w, offset: 2n ** 63n }] })),
  layout("GGUF tensors that overlap", two("v", 0), two("v", 32)),
  {
    number: 101,
    title: "one GGUF key twice",
    files: gguf({ metadata: keys("a", "a") }),
    least: "review",
    nearMiss: gguf({ metadata: keys("a", "b") }),
  },
  { number: 101, title: "one GGUF tensor name twice", files: two("w", 32), least: "review", nearMiss: two("v", 32) },
];

/** An array of one array of one array, and so on. */
function deep(levels: number): Buffer {
  const type = Buffer.concat(Array.from({ length: levels }, () => Buffer.concat([e.u32(9), e.u64(1)])));
  return Buffer.concat([e.u32(9), type, e.u32(4), e.u64(1), e.u32(7)]);
}

function keys(...names: readonly string[]): readonly (readonly [string, Buffer])[] {
  return names.map((name) => [name, e.u32Value(1)]);
}

const SIXTEEN = '"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}';
const safetensors = (members: string, data = Buffer.alloc(16, 0x3f), length?: bigint): Files => ({
  "model.safetensors": withHeader(`{${members}}`, data, length),
});
const ordinary = safetensors(SIXTEEN);
const header = (title: string, files: Files, nearMiss = ordinary): Technique => ({ number: 102, title, files, least: "review", nearMiss });
const described = (text: string): Files => safetensors(`"__metadata__":{"format":"pt","notes":${JSON.stringify(text)}},${SIXTEEN}`);

const SAFETENSORS: readonly Technique[] = [
  header("a safetensors header of 2^62 bytes", safetensors(SIXTEEN, undefined, HUGE)),
  header("a safetensors header that is no JSON", safetensors(`${SIXTEEN},'b':0`)),
  header(
    "a safetensors tensor smaller than its shape",
    { "model.safetensors": safetensorsOf([{ name: "a", dtype: "F32", shape: [4], begin: 0, end: 8 }]) },
    ordinary,
  ),
  header("a safetensors tensor beyond the end", safetensors(SIXTEEN, Buffer.alloc(8))),
  header("safetensors metadata that is no text", safetensors(`"__metadata__":{"a":[1]},${SIXTEEN}`), described("[1]")),
  header(
    "a safetensors tensor whose name is a path",
    safetensors(SIXTEEN.replace('"a"', '"../../a"')),
    safetensors(SIXTEEN.replace('"a"', '"a.b/c:0"')),
  ),
  header(
    "a safetensors tensor whose name is a dunder",
    safetensors(SIXTEEN.replace('"a"', '"__class__.a"')),
    safetensors(SIXTEEN.replace('"a"', '"_class_.a"')),
  ),
  {
    number: 103,
    title: "safetensors metadata with a script",
    files: described("import os; os.system('true')"),
    least: "pass",
    names: "reads like a script",
    nearMiss: described("Trained on text about importing cars."),
  },
  {
    number: 103,
    title: "safetensors metadata with an address",
    files: described("see https://x.example/run.sh"),
    least: "pass",
    names: "https://x.example/run.sh",
    nearMiss: described("see the model card"),
  },
  {
    number: 103,
    title: "safetensors metadata with a pickle",
    files: described("cos\nsystem\n(S'true'\ntR."),
    least: "review",
    names: "pickle",
    nearMiss: described("cosine\nsystem\n(true)"),
  },
];

/** Files of tensors whose headers lie, or say more than they need. */
export const TENSOR_TECHNIQUES: readonly Technique[] = [...GGUF, ...SAFETENSORS];
