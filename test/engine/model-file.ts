import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { tinyClerk } from "./make-model.ts";

const TRAINED = resolve(import.meta.dirname, "../../../shared/models/tiny-llama.gguf");
const MADE = resolve(import.meta.dirname, "tiny-clerk.gguf");

/** The model to serve when none is named: the trained one beside the repository, else the one that is made. */
export function defaultModel(): string {
  return existsSync(TRAINED) ? TRAINED : madeModel();
}

/** Path of the model that needs nothing but this folder. Writes it unless it is there. */
export function madeModel(): string {
  const bytes = tinyClerk();
  if (existsSync(MADE) && readFileSync(MADE).equals(bytes)) return MADE;
  const partial = `${MADE}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, MADE); // another process may be reading the old one
  return MADE;
}
