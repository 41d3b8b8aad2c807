import { fingerprintOf } from "../src/evidence/trust.ts";
import { openRegistry } from "../src/registry/registry.ts";
import { SYSTEM } from "../src/registry/surroundings.ts";
import { admissionOf, artifactWith, tellPolicies } from "./registry-world.ts";

// A process of its own over a data directory: `found` opens it and says its fingerprint; `record` records admissions for ever, one line for each that
// was acknowledged.
const [root = "", task = "", name = ""] = process.argv.slice(2);
const registry = await openRegistry(root, { surroundings: SYSTEM });
if (task === "found") {
  console.log(fingerprintOf(await registry.trust()));
  await registry.close();
} else {
  await tellPolicies(registry);
  for (let i = 0; ; i++) {
    const artifact = artifactWith({ "model.bin": `${name} ${i}` });
    const recorded = await registry.recordAdmission(admissionOf(artifact, "allow", SYSTEM));
    if (recorded.kind === "ticketed") process.stdout.write(`${artifact.digest} ${recorded.ticket.leaf}\n`);
  }
}
