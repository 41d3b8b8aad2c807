import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { Span } from "../pickle/facts.ts";
import { actingPickles } from "../pickle/find-acting.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { crc32c, masked } from "../tensorflow/table/crc32c.ts";
import { StreamBreak, Window } from "../window/window.ts";
import { isRecordLength, LENGTH_BYTES } from "./detect.ts";

export interface TfRecordsFacts {
  readonly records: number;
  /** Where the last record that is whole ends. */
  readonly endsAt: number;
  readonly size: number;
  /** Pickles in records that call something: what a record holds is up to whoever reads it. */
  readonly pickles: readonly Span[];
}

const CHECKSUM_BYTES = 4;
const BYTES_PER_STEP = 512;

/**
 * Records of TensorFlow, of which its logs for TensorBoard are made: length, its masked CRC-32C, data, its masked CRC-32C, up to the end. Data are not
 * decoded. https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export const tfRecords: Format<TfRecordsFacts> = {
  id: "tf-records",
  async parse(bytes, budget): Promise<Parsed<TfRecordsFacts>> {
    const reading = new Reading(bytes, budget);
    let pickles: readonly Span[] = [];
    try {
      const why = await reading.run();
      pickles = await actingPickles(bytes, 0, budget);
      const facts = { ...reading.facts(), pickles };
      return why === null ? { kind: "parsed", facts, anomalies: [] } : { kind: "broken", facts, anomalies: [], at: reading.endsAt, why };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts: { ...reading.facts(), pickles }, anomalies: [], why: error.message };
    } finally {
      reading.close();
    }
  },
  children: ({ pickles, endsAt, size }): readonly ChildRef[] => [
    ...pickles.filter(({ offset }) => offset < endsAt).map(pickleAt),
    ...(endsAt < size
      ? [{ name: `unowned@${endsAt}`, region: { in: "slice", offset: endsAt, size: size - endsAt }, treatment: "search" } as const]
      : []),
  ],
};

class Reading {
  endsAt = 0;
  #records = 0;
  readonly #window: Window;
  readonly #size: number;

  constructor(source: ByteSource, budget: Budget) {
    this.#window = new Window(source, 0, budget);
    this.#size = source.size;
  }

  facts(): Omit<TfRecordsFacts, "pickles"> {
    return { records: this.#records, endsAt: this.endsAt, size: this.#size };
  }

  close(): void {
    this.#window.close();
  }

  /** Why a record is not whole; null at the end of all. */
  async run(): Promise<string | null> {
    try {
      while (this.#window.left > 0) {
        await this.#record();
        this.#records++;
        this.endsAt = this.#window.at;
      }
      return null;
    } catch (error) {
      if (error instanceof StreamBreak) return error.message;
      throw error;
    }
  }

  async #record(): Promise<void> {
    const window = this.#window;
    window.steps(4);
    await window.need();
    if (window.left < LENGTH_BYTES + CHECKSUM_BYTES) throw new StreamBreak(`${window.left} bytes behind ${this.#records} records are no record`);
    const at = window.take(LENGTH_BYTES);
    if (!isRecordLength(window.bytes, at)) throw new StreamBreak(`the checksum of the length of record ${this.#records} does not fit`);
    const length = window.bytes.readBigUInt64LE(at);
    if (length > BigInt(window.left - CHECKSUM_BYTES))
      throw new StreamBreak(`record ${this.#records} has ${length} bytes where ${window.left} are left`);
    const crc = await this.#checksum(Number(length));
    await window.need();
    if (window.bytes.readUInt32LE(window.take(CHECKSUM_BYTES)) !== masked(crc))
      throw new StreamBreak(`the checksum of record ${this.#records} does not fit its ${length} bytes`);
  }

  async #checksum(length: number): Promise<number> {
    const window = this.#window;
    let crc = 0;
    for (let left = length; left > 0; ) {
      await window.need();
      const piece = Math.min(left, window.bytes.length - window.next);
      const at = window.take(piece);
      crc = crc32c(window.bytes.subarray(at, at + piece), crc);
      window.steps(Math.ceil(piece / BYTES_PER_STEP));
      left -= piece;
    }
    return crc;
  }
}
