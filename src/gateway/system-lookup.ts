import { lookup } from "node:dns/promises";
import type { Lookup } from "./upstream-address.ts";

/** Asks as every program on this machine does: its hosts file first, then the resolver. */
export const systemLookup: Lookup = (name) => lookup(name, { all: true });
