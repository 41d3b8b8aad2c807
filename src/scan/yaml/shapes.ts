import type { YamlShapeId } from "../../formats/yaml/shapes.ts";

/** Documents whose commands a tool runs: what they say is code, which is not examined here. */
export const ACTING_SHAPES: Readonly<Partial<Record<YamlShapeId, string>>> = {
  "mlflow-project": "an MLflow project: `mlflow run` hands the commands of its entry points to a shell",
  "github-workflow": "a workflow of GitHub Actions: its steps are commands",
  "github-action": "a GitHub action: its steps are commands",
  kubernetes: "a Kubernetes manifest: applying it starts containers",
  compose: "a Compose file: it starts containers",
  cog: "a recipe of Cog: its commands run when an image is built",
  "pre-commit": "hooks of pre-commit: they fetch and run programs",
  pipeline: "a pipeline: its stages are commands",
  playbook: "a playbook: its tasks are commands",
  "keras-model": "a Keras model in YAML: Keras before 2.6 reads it with yaml.unsafe_load and builds the layers that it names; no examiner yet",
};

/** Names under which a tool acts on YAML whatever keys stand in it. Compared in lower case. */
export const ACTING_NAMES: readonly { readonly name: RegExp; readonly why: string }[] = [
  { name: /^(?:docker-)?compose[\w.-]*\.ya?ml$/, why: "a Compose file: it starts containers" },
  { name: /^cog\.ya?ml$/, why: "a recipe of Cog: its commands run when an image is built" },
  {
    name: /^\.(?:gitlab-ci|travis|drone|pre-commit-config|readthedocs)[\w.-]*\.ya?ml$/,
    why: "settings of a build service: it runs the commands in them",
  },
  { name: /^(?:action|azure-pipelines|bitbucket-pipelines|cloudbuild|buildspec|appveyor|dvc)\.ya?ml$/, why: "a pipeline: its stages are commands" },
  { name: /^mlproject$/, why: "an MLflow project: `mlflow run` hands the commands of its entry points to a shell" },
];
