import { openReader } from "../src/registry/reader.ts";
import { SYSTEM } from "../src/registry/surroundings.ts";

// A process of its own that may not write to the data directory: says which ticket each artifact has.
const reader = openReader(process.argv[2] ?? "", { surroundings: SYSTEM });
for await (const { artifact, ticket } of reader.list()) console.log(artifact, ticket?.leaf);
await reader.close();
