import type { ByteSource } from "../bytes.ts";
import type { Examined, Examiner, OwnedSpan } from "../finding.ts";
import type { ChildRef, FormatId, Parsed } from "../format.ts";
import { UNRECOGNISED } from "../formats/identified/detect.ts";
import { joblibZfileDetector } from "../formats/joblib-zfile/detect.ts";
import { Budget, LimitError, type Limits } from "../limits.ts";
import { encodePath } from "../path-encoding.ts";
import { claimedFormats, treatAs } from "./extensions/index.ts";
import type { FileReport } from "./file-report.ts";
import { claimsTooMuch, type Frame, frameOf, partsOf } from "./frame.ts";
import { KeepingRoom, KeptInflations } from "./kept-inflations.ts";
import { examinersOf, parserOf } from "./loaded.ts";
import { type Opened, openRegion } from "./open-region.ts";
import { probeOf } from "./probe.ts";
import { lookForLeaks, lookForPrograms, takeDeclared } from "./read-beside.ts";
import { recognise, type Tried } from "./recognise.ts";
import { WALK_RULES } from "./rules.ts";
import { searchUnowned } from "./search.ts";
import { parseAs, type Subject } from "./subject.ts";
import { WalkReport } from "./walk-report.ts";

/**
 * Visits one file on disk and all that it contains: one work list under one budget, depth first, so that at most `maxDepth` subjects are open.
 * Nesting, bombs and cycles are handled here and nowhere else. A parser or examiner that fails is a finding, and the others go on.
 * `owns` is given for a file of raw bytes that other files of the artifact give to tensors.
 */
export async function walkFile(path: string, source: ByteSource, limits: Limits, beat: () => void, owns?: readonly OwnedSpan[]): Promise<FileReport> {
  const walk = new Walk(new Budget(limits, beat), owns);
  await walk.run(path, source);
  return walk.report.of(path);
}

class Walk {
  readonly report: WalkReport;
  readonly #budget: Budget;
  readonly #room = new KeepingRoom();
  #subjects = 0;
  /** Whether a parser called the subject that is being visited broken. */
  #broken = false;
  /** Of the file on disk. */
  readonly #owns: readonly OwnedSpan[] | undefined;

  constructor(budget: Budget, owns?: readonly OwnedSpan[]) {
    this.report = new WalkReport(budget.limits.maxFindings);
    this.#budget = budget;
    this.#owns = owns;
  }

  async run(path: string, source: ByteSource): Promise<void> {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const file: Subject = { path, name, size: source.size, containers: [], source, treatment: "examine", hidden: false };
    const stack: Frame[] = [];
    try {
      const isOwned = this.#owns !== undefined && (await joblibZfileDetector.detect(await probeOf(source))) === "no"; // else what comes out of it is
      const root: Subject = isOwned ? { ...file, as: TENSOR_DATA } : file;
      stack.push(await this.#visit(root, () => {}));
      for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
        const child = frame.children[frame.visited++];
        if (child === undefined) {
          this.#sayShared(frame);
          frame.dispose();
          stack.pop();
        } else {
          const opened = await this.#enter(frame, child);
          if (opened !== null) stack.push(opened);
        }
      }
    } catch (error) {
      if (error instanceof LimitError) this.report.limit(stack.at(-1)?.path ?? path, error.message);
      else this.report.failed("walker", stack.at(-1)?.path ?? path, error);
    } finally {
      for (const frame of stack) frame.dispose();
    }
  }

  async #enter(frame: Frame, child: ChildRef): Promise<Frame | null> {
    const path = `${frame.path}!/${encodePath(child.name)}`;
    if (frame.containers.length >= this.#budget.limits.maxDepth) {
      this.report.limit(path, `nested more than ${this.#budget.limits.maxDepth} deep`);
      return null;
    }
    const name = path.slice(Math.max(path.lastIndexOf("/"), 0) + 1);
    if (frame.shared.isKnown(child, path, (formats) => claimsNothingElse(name, formats))) return null;
    if (claimsTooMuch(frame, child)) {
      this.report.limit(frame.path, "members lie over one another: together they claim many times its bytes");
      frame.visited = frame.children.length;
      return null;
    }
    if (++this.#subjects > this.#budget.limits.maxSubjects) throw new LimitError("maxSubjects", this.#budget.limits.maxSubjects);
    const opened = await this.#open(frame, child, path);
    if (opened === null) return null;
    const { source, trouble, dispose } = opened;
    if (trouble?.kind === "broken" && !frame.broken) this.report.malformed(path, `Compressed data is broken: ${trouble.why}`);
    if (trouble?.kind === "limit") this.report.limit(path, trouble.why);
    if (child.parts !== undefined) return partsOf(frame, child.parts, opened);
    const subject = { path, name, size: source.size, containers: frame.containers, source, treatment: child.treatment, hidden: frame.hidden };
    try {
      const as = child.as ?? this.#ownedIn(frame, child);
      const visited = await this.#visit(as === undefined ? subject : { ...subject, as }, dispose);
      frame.shared.examined(child, path, visited.formats);
      return visited;
    } catch (error) {
      dispose(); // nobody else knows of it yet
      throw error;
    }
  }

  /** What another file gives to a tensor is the content of a file that joblib compressed. */
  #ownedIn({ containers: [outer, inner] }: Frame, { treatment }: ChildRef): FormatId | undefined {
    return this.#owns !== undefined && outer === "joblib-zfile" && inner === undefined && treatment === "examine" ? TENSOR_DATA : undefined;
  }

  /** A child that cannot be opened (a region outside of its parent, a full disk under the spool) is not examined; the others are. */
  async #open(frame: Frame, child: ChildRef, path: string): Promise<Opened | null> {
    try {
      return frame.kept.take(child.region) ?? (await openRegion(frame.source, child.region, this.#budget));
    } catch (error) {
      if (error instanceof LimitError) throw error;
      this.report.failed("walker", path, error);
      return null;
    }
  }

  async #visit(found: Subject, dispose: () => void): Promise<Frame> {
    const kept = new KeptInflations(found.size, this.#budget, this.#room);
    const subject = { ...found, source: kept.over(found.source) };
    try {
      const { formats, children } = await this.#look(subject);
      return this.#frame(subject, formats, children, kept, dispose);
    } catch (error) {
      kept.dispose();
      throw error;
    }
  }

  /** What a subject is, and what it contains. */
  async #look(subject: Subject): Promise<Pick<Frame, "formats" | "children">> {
    this.report.acting = null;
    this.#broken = false;
    if (subject.treatment === "search") return { formats: [], children: await this.#search(subject) };
    const { formats, tried } = await recognise(subject, this.#budget, this.report);
    if (subject.containers.length === 0 && this.report.formats.length === 0) this.report.formats = formats;
    let children: readonly ChildRef[] = [];
    const unknown = formats.length === 0 && subject.treatment === "examine" && subject.size > 0;
    for (const format of unknown ? [UNRECOGNISED] : formats) children = children.concat(await this.#examine(format, subject, tried)); // too many to spread
    if (subject.hidden) this.#judgeHidden(subject);
    return { formats, children };
  }

  /** Children are held from the budget as long as they wait. */
  #frame(subject: Subject, formats: readonly FormatId[], all: readonly ChildRef[], kept: KeptInflations, disposeSource: () => void): Frame {
    const { source, path, treatment } = subject;
    const searched = treatment === "search";
    const containers = searched ? subject.containers : [...subject.containers, formats[0] ?? "unknown"];
    const children = this.#holds(all, path) ? all : [];
    const dispose = () => {
      this.#budget.release(children.length * CHILD_BYTES);
      kept.dispose();
      disposeSource();
    };
    return frameOf({ source, path, formats, containers, hidden: subject.hidden || searched, broken: this.#broken, children, kept, dispose });
  }

  #holds(children: readonly ChildRef[], path: string): boolean {
    try {
      this.#budget.hold(children.length * CHILD_BYTES);
      return true;
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      this.report.limit(path, error.message);
      return false;
    }
  }

  #sayShared({ shared }: Frame): void {
    for (const { path, more, cut } of shared.counted) {
      if (more > 0)
        this.report.add(WALK_RULES.sharedBytes, {
          severity: "info",
          where: { path },
          title: `${more} more ${more === 1 ? "name leads" : "names lead"} to the same bytes`,
          proof: { names: more },
        });
      if (cut > 0) this.report.limit(path, `${cut} more names lead to the same bytes, which were not examined as each of them`);
    }
  }

  /** Parses and examines a subject as one format; yields its children. */
  async #examine(id: FormatId, subject: Subject, tried: Tried | null): Promise<readonly ChildRef[]> {
    const format = id === TENSOR_DATA ? (await import("../formats/tensor-data/format.ts")).tensorDataFormat(this.#owns ?? []) : await parserOf(id);
    if (format === undefined) throw new Error(`format ${id} has no parser`);
    const parsed = tried?.id === id ? tried.parsed : await parseAs(format, subject, this.#budget, this.report);
    if (parsed === null) return [];
    if (parsed.kind === "limit") this.report.limit(subject.path, parsed.why ?? "a limit was reached", parsed.at);
    if (parsed.kind === "broken") {
      this.#broken = true;
      this.report.malformed(subject.path, `Not readable as ${id}: ${parsed.why ?? "the bytes stop making sense"}`, parsed.at);
    }
    for (const examiner of await examinersOf(id, parsed.facts)) this.#ask(examiner, parsed, subject);
    await lookForLeaks(id, parsed.facts, subject, this.#budget, this.report);
    await takeDeclared(id, parsed.facts, subject, this.#budget, this.report);
    await lookForPrograms(id, parsed.facts, subject, this.#budget, this.report);
    return format.children?.(parsed.facts) ?? [];
  }

  #ask(examiner: Examiner<never>, parsed: Parsed<unknown>, subject: Subject): void {
    const { path, name, size, containers } = subject;
    let examined: Examined;
    try {
      examined = examiner.examine(parsed as Parsed<never>, { path, name, size, containers }); // the registry pairs an examiner with the format that it reads
    } catch (error) {
      this.report.failed(`examiner ${examiner.id}`, path, error);
      return;
    }
    this.report.examined(examined, path);
  }

  async #search(subject: Subject): Promise<ChildRef[]> {
    const children: ChildRef[] = [];
    const { hits, cut } = await searchUnowned(subject.source, this.#budget);
    if (cut) this.report.limit(subject.path, "bytes that nobody owns are full of what may begin a payload; not all of it was tried");
    for (const hit of hits) {
      if (hit.child !== undefined) children.push(hit.child);
      if (hit.kind === "pickle") continue; // the pickle itself decides; `judgeHidden` speaks of it
      this.report.add(WALK_RULES.hidden, {
        severity: "high",
        where: { path: subject.path, offset: hit.at },
        title: `Bytes that nobody owns hold ${hit.what}`,
        proof: { kind: hit.kind, at: hit.at },
      });
    }
    return children;
  }

  /** A pickle in bytes that nobody owns is high as soon as it calls anything that is not allowed. */
  #judgeHidden(subject: Subject): void {
    const worst = this.report.acting;
    if (worst === null) return;
    this.report.add(WALK_RULES.hidden, {
      severity: "high",
      where: subject,
      title: "Bytes that nobody owns hold a pickle that calls something",
      proof: { inside: worst.title },
    });
  }
}

/** What the root is parsed as whose bytes belong to tensors of other files. Nothing is detected as this. */
const TENSOR_DATA: FormatId = "tensor-data";

/** What a child that waits takes in memory, with its name. */
const CHILD_BYTES = 256;

function claimsNothingElse(name: string, formats: readonly FormatId[]): boolean {
  const claimed = claimedFormats(name);
  return treatAs(name) === null && (claimed === null || formats.every((format) => claimed.includes(format)));
}
