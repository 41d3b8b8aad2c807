/** What was opened, to be closed in the opposite order. One that cannot be closed keeps none of the others open. */
export class Closing {
  readonly #opened: { close(): unknown }[] = [];

  add<T extends { close(): unknown }>(opened: T): T {
    this.#opened.push(opened);
    return opened;
  }

  /** Throws the first error, when all was tried. Closing twice is closing once. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const opened of this.#opened.splice(0).reverse()) {
      try {
        await opened.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
