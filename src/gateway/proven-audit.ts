import type { CallRecord } from "../audit/record.ts";
import type { CallAudit } from "./parts.ts";

/**
 * An audit log that remembers whether it took the last record. While it did not, no call reaches a model: much of a stream would be out before it showed
 * that nothing of it can be recorded. The records of the calls that are refused meanwhile find out when it works again.
 */
export class ProvenAudit implements CallAudit {
  readonly #audit: CallAudit;
  #isFailing = false;

  constructor(audit: CallAudit) {
    this.#audit = audit;
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  async append(record: CallRecord): Promise<void> {
    try {
      await this.#audit.append(record);
      this.#isFailing = false;
    } catch (error) {
      this.#isFailing = true;
      throw error;
    }
  }
}
