import { basename, resolve } from "node:path";
import type { AdmitOptions, Admitted } from "../../admission/admit.ts";
import { AdmissionError } from "../../admission/errors.ts";
import type { Artifact } from "../../artifact/artifact.ts";
import { measureTree } from "../../artifact/measure.ts";
import { surveyTree, type Tree } from "../../artifact/tree.ts";
import { Admission } from "../../server/api/schema/admission.ts";
import { ArtifactSummary } from "../../server/api/schema/artifact.ts";
import { Job } from "../../server/api/schema/job.ts";
import { admittedBy, CHANGED_HINT } from "./admission.ts";
import type { ServerClient } from "./client.ts";
import { RefusedError, RemoteError } from "./errors.ts";
import { followJob } from "./follow-job.ts";
import { patiently } from "./patience.ts";
import { type Sent, sendFiles } from "./send-files.ts";

export interface RemoteAdmitOptions extends Pick<AdmitOptions, "expect" | "onProgress"> {
  readonly signal: AbortSignal;
}

/** How many characters of a name a server takes. */
const MAX_NAME = 300;

/**
 * Has a server admit what lies here: hashes it, sends it unless it holds a good ticket there already, and waits for the decision. What the server examined has
 * the digest that was measured here, or nothing is decided. Throws ArtifactError, AdmissionError WB_ADMISSION_UNEXPECTED, RemoteError, RefusedError, and the
 * signal's reason: then the job is cancelled.
 */
export async function admitThere(client: ServerClient, source: string, options: RemoteAdmitOptions): Promise<Admitted> {
  const { signal, expect } = options;
  const tree = surveyTree(source);
  expectSendable(source, tree);
  const artifact = await measure(source, tree, options);
  if (expect !== undefined && expect !== artifact.digest)
    throw new AdmissionError("WB_ADMISSION_UNEXPECTED", `${source} is ${artifact.digest}, expected was ${expect}`, {
      hint: "These are other bytes than the known good ones: find out where they come from.",
    });
  const known = await client.find(`/artifacts/${artifact.digest}`, ArtifactSummary, { signal });
  if (known?.decision === "allow" && known.standing === "good") {
    const answer = await client.get(`/artifacts/${artifact.digest}/admission`, Admission, { signal });
    if (answer.examination !== null) return admittedBy(client, artifact, answer);
  }
  return sendAndAdmit(client, source, tree, artifact, options);
}

/** An upload that an earlier run began may hold bytes of files that changed since: then all of it is sent once more. */
async function sendAndAdmit(client: ServerClient, source: string, tree: Tree, artifact: Artifact, options: RemoteAdmitOptions): Promise<Admitted> {
  const { signal, onProgress = () => {} } = options;
  const name = basename(resolve(source)).toWellFormed().trim().slice(0, MAX_NAME) || "model";
  for (;;) {
    const sent = await sendFiles(client, name, tree, { signal, onProgress });
    const job = await submit(client, sent, artifact, signal);
    try {
      await followJob(client, job, { signal, onProgress });
    } catch (error) {
      if (!(error instanceof RefusedError && error.code === "WB_ADMISSION_UNEXPECTED")) throw error;
      if (sent.isResumed) continue;
      throw new RemoteError("WB_REMOTE_CHANGED", `the server has other bytes than were measured: ${error.message}`, { hint: CHANGED_HINT });
    }
    return admittedBy(client, artifact, await patiently(() => client.get(`/jobs/${job}/admission`, Admission, { signal }), { signal }));
  }
}

async function submit(client: ServerClient, { upload }: Sent, { digest }: Artifact, signal: AbortSignal): Promise<string> {
  const { id } = await client.post(`/uploads/${upload}/admission`, { expect: digest }, Job, { signal });
  return id;
}

async function measure(source: string, tree: Tree, { signal, onProgress }: RemoteAdmitOptions): Promise<Artifact> {
  const { artifact, problems } = await measureTree(tree, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
  const problem = problems.find(({ kind }) => kind === "changed-while-read" || kind === "unreadable");
  if (problem === undefined) return artifact;
  if (problem.kind === "unreadable") throw unsendable(source, problem.path, `cannot be read (${problem.what})`);
  throw new RemoteError("WB_REMOTE_CHANGED", `${problem.path} in ${source} changed while it was read`, {
    hint: "Stop what writes to it, and run the same command again.",
  });
}

/** What is sent is files. A link within the tree goes as the file that it leads to; all else would be missing there, and the digest another one. */
function expectSendable(source: string, { others }: Tree): void {
  const [first] = others;
  if (first !== undefined) throw unsendable(source, first.path, WHY[first.type]);
}

const WHY: Readonly<Record<Tree["others"][number]["type"], string>> = {
  link: "is a link that leads out of it, or nowhere",
  "folder-link": "is a link to a folder",
  special: "is neither a file nor a folder",
  unreadable: "cannot be read",
};

function unsendable(source: string, path: string, why: string): RemoteError {
  return new RemoteError("WB_REMOTE_UNSENDABLE", `${path} in ${source} ${why}`, {
    hint: "Put a file in its place or remove it, or admit it where the server runs.",
  });
}
