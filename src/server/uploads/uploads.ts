import { mkdir, readdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Surroundings } from "../../registry/index.ts";
import type { State } from "../../state/database.ts";
import type { UploadRow } from "../../state/tables.ts";
import { UploadError } from "./errors.ts";
import { DEFAULT_UPLOAD_LIMITS, type UploadLimits } from "./limits.ts";
import { Upload } from "./upload.ts";
import { type AnnouncedFile, expectPaths } from "./upload-paths.ts";

export interface UploadsParts {
  readonly state: State;
  /** The data directory: uploads lie in a folder of it. */
  readonly directory: string;
  readonly surroundings: Surroundings;
  readonly limits?: Partial<UploadLimits>;
}

const SWEEP_MS = 10 * 60_000;

/** The uploads of an installation. Each belongs to one principal; for all others it is not there. */
export class Uploads {
  readonly #state: State;
  readonly #folder: string;
  readonly #surroundings: Surroundings;
  readonly #limits: UploadLimits;
  readonly #uploads = new Map<string, Upload>();
  #sweeper: NodeJS.Timeout | undefined;

  constructor({ state, directory, surroundings, limits }: UploadsParts) {
    this.#state = state;
    this.#folder = join(directory, "uploads");
    this.#surroundings = surroundings;
    this.#limits = { ...DEFAULT_UPLOAD_LIMITS, ...limits };
  }

  /** Takes up what an earlier process left. Uploads without folder and folders without upload are removed: a process ended between the two. */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const row of await this.#state.db.selectFrom("state_uploads").selectAll().execute()) {
      const upload = new Upload(row, join(this.#folder, row.id));
      this.#uploads.set(row.id, upload);
      if (!(await upload.resume())) await this.remove(row.id);
    }
    for (const name of await readdir(this.#folder))
      if (!this.#uploads.has(name)) await rm(join(this.#folder, name), { recursive: true, force: true });
    this.#sweeper = setInterval(() => void this.sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Begins an upload. Throws UploadError WB_UPLOAD_PATH, WB_UPLOAD_TOO_LARGE, WB_UPLOAD_TOO_MANY, WB_UPLOAD_NO_ROOM. */
  async begin(principal: string, { name, files }: { readonly name: string; readonly files: readonly AnnouncedFile[] }): Promise<Upload> {
    expectPaths(files);
    const sizeBytes = files.reduce((sum, { size }) => sum + size, 0);
    const { bavail, bsize } = await statfs(this.#folder);
    this.#expectWithinLimits(principal, sizeBytes, bavail * bsize); // nothing is awaited from here until the upload counts
    const row: UploadRow = {
      id: Buffer.from(this.#surroundings.randomBytes(16)).toString("hex"),
      principal,
      name,
      files: JSON.stringify(files.map(({ path, size }) => ({ path, size }))),
      size_bytes: sizeBytes,
      created_at: this.#surroundings.now().toISOString(),
    };
    const upload = new Upload(row, join(this.#folder, row.id));
    this.#uploads.set(row.id, upload);
    try {
      await this.#state.db.insertInto("state_uploads").values(row).execute();
      await upload.make();
    } catch (error) {
      await this.remove(row.id);
      throw error;
    }
    return upload;
  }

  /** An upload of this principal. Throws UploadError WB_UPLOAD_NOT_FOUND. */
  find(principal: string, id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.principal !== principal)
      throw new UploadError("WB_UPLOAD_NOT_FOUND", `you have no upload ${id}`, { hint: "It may have ended, or waited too long. Begin a new one." });
    return upload;
  }

  /** Those of a principal, the oldest first. */
  list(principal: string): readonly Upload[] {
    return [...this.#uploads.values()].filter((upload) => upload.principal === principal);
  }

  /** Takes bytes of one file. Throws UploadError. */
  async put(principal: string, id: string, n: number, offset: number, body: ReadableStream<Uint8Array> | null): Promise<Upload> {
    const upload = this.find(principal, id);
    const streams = this.list(principal).reduce((sum, { writing }) => sum + writing, 0);
    if (streams >= this.#limits.maxStreamsPerPrincipal)
      throw new UploadError("WB_UPLOAD_TOO_MANY", `you send ${streams} files at once already`, { hint: "Send fewer at a time." });
    await upload.put(n, offset, body, { pace: this.#limits.pace, now: () => this.#surroundings.now() });
    return upload;
  }

  /** An upload by its id alone, for whoever was handed it. */
  get(id: string): Upload | undefined {
    return this.#uploads.get(id);
  }

  /** Removes an upload with all its bytes. Once is as good as twice. */
  async remove(id: string): Promise<void> {
    const upload = this.#uploads.get(id);
    this.#uploads.delete(id);
    await upload?.cut(new UploadError("WB_UPLOAD_NOT_FOUND", "the upload was removed", { hint: "Begin a new one." }));
    await this.#state.db.deleteFrom("state_uploads").where("id", "=", id).execute();
    if (upload !== undefined) await rm(join(this.#folder, id), { recursive: true, force: true });
  }

  /** Removes the uploads into which nothing came for too long. */
  async sweep(): Promise<void> {
    const before = this.#surroundings.now().getTime() - this.#limits.idleMs;
    for (const { id, isClosed, writing, touchedMs } of this.#uploads.values())
      if (!isClosed && writing === 0 && touchedMs < before) await this.remove(id);
  }

  /** Cuts what is on its way. What came stays, and goes on after the next start. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const stopped = new UploadError("WB_UPLOAD_CUT", "the server stops", { hint: "Go on from the offset that was reached when it is back." });
    await Promise.all([...this.#uploads.values()].map((upload) => upload.cut(stopped)));
  }

  #expectWithinLimits(principal: string, sizeBytes: number, freeBytes: number): void {
    const { maxBytes, maxBytesPerPrincipal, maxOpenPerPrincipal, reserveBytes } = this.#limits;
    const own = this.list(principal);
    if (own.length >= maxOpenPerPrincipal)
      throw new UploadError("WB_UPLOAD_TOO_MANY", `you have ${own.length} uploads already`, { hint: "Let one be admitted, or remove it." });
    const largest = Math.min(maxBytes, maxBytesPerPrincipal);
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes > largest)
      throw new UploadError("WB_UPLOAD_TOO_LARGE", `the files have ${sizeBytes} bytes, and uploads may have ${largest}`, {
        hint: "Admit it where the server runs, or have the limit raised.",
      });
    const ownBytes = sumOf(own, sizeBytes);
    if (ownBytes > maxBytesPerPrincipal)
      throw new UploadError("WB_UPLOAD_TOO_LARGE", `your uploads would have ${ownBytes} bytes, and may have ${maxBytesPerPrincipal} together`, {
        hint: "Let one be admitted, or remove it.",
      });
    if (sumOf([...this.#uploads.values()], sizeBytes) > maxBytes)
      throw new UploadError("WB_UPLOAD_NO_ROOM", "too much of what others sent waits for its examination", { hint: "Try again later." });
    const promised = [...this.#uploads.values()].reduce((sum, upload) => sum + upload.sizeBytes - upload.receivedBytes, sizeBytes);
    if (promised + reserveBytes > freeBytes)
      throw new UploadError("WB_UPLOAD_NO_ROOM", "the server's disk has no room for so many bytes", { hint: "Ask whoever runs the server." });
  }
}

function sumOf(uploads: readonly Upload[], first: number): number {
  return uploads.reduce((sum, { sizeBytes }) => sum + sizeBytes, first);
}
