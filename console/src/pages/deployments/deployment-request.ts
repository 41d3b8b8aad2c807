import type { DeploymentRequest } from "../../api/types.ts";

/** What the form holds, as the API takes it: a field that was left empty is left out. */
export function deploymentRequest(form: {
  readonly artifact: string;
  readonly name: string;
  readonly upstream: string;
  readonly model: string;
  readonly engine: string;
  readonly version: string;
}): DeploymentRequest {
  const [model, engine, version] = [form.model.trim(), form.engine.trim(), form.version.trim()];
  return {
    artifact: form.artifact.trim(),
    name: form.name.trim(),
    upstream: form.upstream.trim(),
    ...(model === "" ? {} : { model }),
    ...(engine === "" ? {} : { engine: { name: engine, ...(version === "" ? {} : { version }) } }),
  };
}
