import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shared, withoutShared } from "../../test/shared.ts";
import { digestOf } from "../digest.ts";
import { manifestBytes } from "./manifest.ts";
import { type MeasureOptions, measureTree } from "./measure.ts";
import { surveyTree } from "./tree.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "artifact-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const measure = (path: string, options?: MeasureOptions) => measureTree(surveyTree(path), options);
const digest = async (path: string) => (await measure(path)).artifact.digest;

function write(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const MODEL = { "config.json": "{}", "model.safetensors": "weights", "sub/tokenizer.json": "[1]", ".gitattributes": "*.bin lfs\n" };

/** Root reads and enters everything, so under root this runs as a user who owns nothing. */
async function asNobody<T>(root: string, run: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run();
  chmodSync(dirname(root), 0o755);
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

describe("the manifest", () => {
  it("is the bytes that docs/spec/manifest.md gives", async () => {
    const { artifact } = await measure(write(join(dir, "m"), { "b.txt": "b", "a%!.txt": "" }));
    expect(manifestBytes(artifact.manifest)).toBe(
      '{"entries":[{"path":"a%25%21.txt","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":0,"type":"file"},{"path":"b.txt","sha256":"3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d","size":1,"type":"file"}],"leftOut":[".cache/huggingface",".git"],"schema":"weighbridge.manifest/1"}',
    );
    expect(artifact.digest).toBe(digestOf(manifestBytes(artifact.manifest)));
    expect(artifact.digest).toBe("sha256:183b89106af47d2554b2ee15074fd93b80c6118432ea7dcb1f62b45c2ed77bd9");
  });

  it("sorts by code point, not by UTF-16 unit", async () => {
    const { artifact } = await measure(write(join(dir, "m"), { "\u{1F600}": "", "\uFB01": "", Z: "", a: "" }));
    expect(artifact.manifest.entries.map((entry) => entry.path)).toEqual(["Z", "a", "\uFB01", "\u{1F600}"]);
  });

  it("keeps names that are not UTF-8 apart", async () => {
    const raw = Buffer.concat([Buffer.from(`${write(join(dir, "m"), MODEL)}/x`), Buffer.of(0xff)]);
    writeFileSync(raw, "");
    const { artifact } = await measure(join(dir, "m"));
    expect(artifact.manifest.entries.map((entry) => entry.path)).toContain("x%FF");
    expect(artifact.omsRoot).toBeNull();
  });
});

describe("an artifact that is one file", () => {
  it("has its base name, whatever the folders above it are called", async () => {
    const { artifact } = await measure(join(write(join(dir, "\u00e9\u{1F600}"), { "m.pt": "weights" }), "m.pt"));
    expect(artifact.manifest.entries.map((entry) => entry.path)).toEqual(["m.pt"]);
    expect(artifact.digest).toBe(await digest(join(write(join(dir, "plain"), { "m.pt": "weights" }), "m.pt")));
  });

  it("keeps the name that it was given by, where that is a link to a blob", async () => {
    const root = write(join(dir, "m"), { "blobs/abc": "weights" });
    symlinkSync("blobs/abc", join(root, "m.pt"));
    expect((await measure(join(root, "m.pt"))).artifact.manifest.entries).toMatchObject([{ path: "m.pt", type: "file", size: 7 }]);
  });
});

describe("one content has one digest", () => {
  it("as a folder, a git clone, a hub download, and a hub-cache snapshot of links to blobs", async () => {
    const plain = write(join(dir, "plain"), MODEL);
    const clone = join(dir, "clone");
    cpSync(plain, clone, { recursive: true });
    write(clone, { ".git/HEAD": "ref: refs/heads/main\n", ".git/objects/aa/bb": "x" });
    const download = join(dir, "download");
    cpSync(plain, download, { recursive: true });
    write(download, { ".cache/huggingface/download/config.json.metadata": "commit\netag\n1.0\n" });
    const repository = join(dir, "models--org--name");
    const snapshot = join(repository, "snapshots/0123abcd");
    for (const [path, text] of Object.entries(MODEL)) {
      write(repository, { [`blobs/${digestOf(text).slice(7)}`]: text });
      mkdirSync(dirname(join(snapshot, path)), { recursive: true });
      symlinkSync(`${"../".repeat(path.split("/").length + 1)}blobs/${digestOf(text).slice(7)}`, join(snapshot, path));
    }
    const digests = await Promise.all([plain, clone, download, snapshot].map(digest));
    expect(new Set(digests).size).toBe(1);
    const { problems } = await measure(snapshot);
    expect(problems.map(({ kind }) => kind)).toEqual(Array(4).fill("link-followed"));
  });

  it("and another with a byte changed, a file renamed, added (also under .github/) or removed", async () => {
    const root = write(join(dir, "m"), MODEL);
    const seen = [await digest(root)];
    appendFileSync(join(root, "config.json"), " ");
    seen.push(await digest(root));
    renameSync(join(root, "config.json"), join(root, "Config.json"));
    seen.push(await digest(root));
    write(root, { ".github/workflows/x.yml": "on: push" });
    seen.push(await digest(root));
    rmSync(join(root, "sub"), { recursive: true });
    seen.push(await digest(root));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("what is not a plain file", () => {
  const others = async (root: string) => {
    const { artifact, problems } = await measure(root);
    return {
      entries: artifact.manifest.entries.filter((entry) => entry.type !== "file"),
      problems: problems.map(({ kind, path }) => `${kind} ${path}`),
      oms: artifact.omsRoot,
    };
  };

  it("a link out of the tree, a dangling one and a loop are recorded and not read", async () => {
    const root = write(join(dir, "m"), MODEL);
    writeFileSync(join(dir, "secret"), "secret");
    symlinkSync("../secret", join(root, "out"));
    symlinkSync("nowhere", join(root, "dangling"));
    symlinkSync("loop", join(root, "loop"));
    expect(await others(root)).toEqual({
      entries: [
        { path: "dangling", type: "link", target: "nowhere" },
        { path: "loop", type: "link", target: "loop" },
        { path: "out", type: "link", target: "../secret" },
      ],
      problems: ["link dangling", "link loop", "link out"],
      oms: null,
    });
  });

  it("a link to a folder is recorded and not descended, so that no loop can arise", async () => {
    const root = write(join(dir, "m"), MODEL);
    symlinkSync("..", join(root, "sub/up"));
    expect(await others(root)).toMatchObject({ entries: [{ path: "sub/up", type: "folder-link", target: ".." }], problems: ["folder-link sub/up"] });
  });

  it("a pipe is recorded and never opened", async () => {
    const root = write(join(dir, "m"), MODEL);
    execFileSync("mkfifo", [join(root, "pipe")]);
    expect(await others(root)).toEqual({ entries: [{ path: "pipe", type: "special" }], problems: ["special pipe"], oms: null });
  });

  it("a file without read permission is unreadable", async () => {
    const root = write(join(dir, "m"), MODEL);
    chmodSync(join(root, "config.json"), 0);
    expect(await asNobody(root, () => others(root))).toMatchObject({
      entries: [{ path: "config.json", type: "unreadable" }],
      problems: ["unreadable config.json"],
    });
  });

  it("files of a folder that may be listed and not entered are unreadable", async () => {
    const root = write(join(dir, "m"), MODEL);
    chmodSync(join(root, "sub"), 0o444);
    const seen = await asNobody(root, () => others(root));
    chmodSync(join(root, "sub"), 0o755);
    expect(seen).toMatchObject({ entries: [{ path: "sub/tokenizer.json", type: "unreadable" }], problems: ["unreadable sub/tokenizer.json"] });
  });

  it.each([
    ["", "WB_ARTIFACT_EMPTY"],
    ["missing", "WB_ARTIFACT_MISSING"],
    ["pipe", "WB_ARTIFACT_NOT_A_FILE"],
    ["loop", "WB_ARTIFACT_MISSING"],
    ["file/below", "WB_ARTIFACT_MISSING"],
  ])("refuses %j with %s", (name, code) => {
    if (name === "pipe") execFileSync("mkfifo", [join(dir, name)]);
    if (name === "loop") symlinkSync(name, join(dir, name));
    if (name.startsWith("file")) writeFileSync(join(dir, "file"), "");
    expect(() => surveyTree(join(dir, name))).toThrow(expect.objectContaining({ code }));
  });
});

describe("a file that changes while it is read", () => {
  it.each([
    ["grows", (path: string) => appendFileSync(path, "more")],
    ["shrinks", (path: string) => truncateSync(path, 2)],
    ["is written in place", (path: string) => writeFileSync(path, readFileSync(path), { flag: "r+" })],
  ])("is said when it %s", async (_, change) => {
    const root = write(join(dir, "m"), MODEL);
    const { problems } = await measure(root, { inspect: async ({ path }) => void (path === "config.json" && change(join(root, path))) });
    expect(problems).toMatchObject([{ kind: "changed-while-read", path: "config.json" }]);
  });
});

it("hashes large files in threads to the same digests, and stops when it is told to", async () => {
  const root = join(dir, "m");
  mkdirSync(root);
  for (const name of ["a", "b", "c"]) writeFileSync(join(root, name), Buffer.alloc(3_000_000, name));
  const { artifact } = await measure(root);
  expect(artifact.manifest.entries).toMatchObject(
    ["a", "b", "c"].map((name) => ({ path: name, sha256: digestOf(Buffer.alloc(3_000_000, name)).slice(7) })),
  );
  await expect(measure(root, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

it("takes thousands of files and leaves no descriptor open", async () => {
  const root = join(dir, "many");
  for (let i = 0; i < 30; i++) write(root, Object.fromEntries(Array.from({ length: 100 }, (_, j) => [`${i}/${j}.txt`, `${i} ${j}`])));
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  const { artifact, problems } = await measure(root);
  expect([artifact.manifest.entries.length, problems]).toEqual([3000, []]);
  expect(open()).toBe(before);
});

describe.skipIf(withoutShared)("omsRoot agrees with signatures of the reference implementation (needs ../shared)", () => {
  interface Vectors {
    readonly materialise: { readonly files: readonly { readonly path: string; readonly text: string }[] };
    readonly cases: readonly { readonly id: string; readonly model: string; readonly signature: string }[];
  }
  const vectors: Vectors = withoutShared
    ? { materialise: { files: [] }, cases: [] }
    : JSON.parse(readFileSync(shared("vectors/oms/generated/cases.json"), "utf8"));
  // `-guess` cases repeat another; the others here are those that sign the whole tree with SHA-256, without options.
  const whole = ["tiny-key-p256", "tiny-cert-chain", "order-basic", "gitpaths", "single-file"];

  it.each(vectors.cases.filter(({ id }) => whole.includes(id)))("$id", async ({ model, signature }) => {
    cpSync(shared("vectors/oms/generated/cases"), dir, { recursive: true });
    for (const { path, text } of vectors.materialise.files) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const bundle = JSON.parse(readFileSync(join(dir, signature), "utf8"));
    const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, "base64").toString());
    const { artifact } = await measure(join(dir, model));
    expect(artifact.omsRoot).toBe(`sha256:${statement.subject[0].digest.sha256}`);
  });

  it("has all of these cases", () => {
    expect(vectors.cases.filter(({ id }) => whole.includes(id))).toHaveLength(whole.length);
  });
});
