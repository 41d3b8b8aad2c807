/** What was seen at the root of the documents. */
export interface YamlTop {
  readonly root: "map" | "list" | "scalar" | "nothing";
  /** Keys of root maps, or of the maps in a root list. */
  readonly keys: ReadonlySet<string>;
}

export const MAX_TOP_KEYS = 400;

interface YamlShape {
  readonly id: YamlShapeId;
  readonly all?: readonly string[];
  readonly any?: readonly string[];
  readonly root?: YamlTop["root"];
}

export type YamlShapeId = (typeof SHAPES)[number]["id"];

/**
 * Documents by which something acts, most specific first, each with what writes or reads it: MLflow, conda, Keras before 2.6, GitHub, Docker Compose,
 * Kubernetes, Cog, pre-commit, DVC, Ansible, MONAI, ultralytics. What is none of them is a configuration: data, but for the names in it.
 */
const SHAPES = [
  { id: "mlflow-model", all: ["flavors"], any: ["artifact_path", "model_uuid", "run_id", "mlflow_version", "utc_time_created", "signature"] },
  { id: "mlflow-project", all: ["entry_points"], any: ["name", "conda_env", "python_env", "docker_env"] },
  { id: "conda-environment", all: ["dependencies"], any: ["channels", "prefix", "name"] },
  { id: "python-environment", all: ["build_dependencies"], any: ["python", "dependencies"] },
  { id: "keras-model", all: ["class_name", "config"] },
  { id: "github-workflow", all: ["jobs"], any: ["on", "true", "name", "env", "permissions"] },
  { id: "github-action", all: ["runs"], any: ["inputs", "outputs", "name"] },
  { id: "kubernetes", all: ["apiVersion", "kind"] },
  { id: "compose", all: ["services"], any: ["version", "volumes", "networks", "name", "services"] },
  { id: "cog", all: ["build"], any: ["predict", "train", "image"] },
  { id: "pre-commit", all: ["repos"] },
  { id: "pipeline", any: ["stages", "before_script", "pipelines"] },
  { id: "playbook", any: ["hosts", "tasks"], root: "list" },
  { id: "monai-bundle", any: ["bundle_root", "network_def", "imports"] },
  { id: "yolo-data", all: ["names"], any: ["train", "val", "test", "path", "download"] },
  { id: "yolo-model", all: ["backbone", "head"] },
] as const satisfies readonly {
  readonly id: string;
  readonly all?: readonly string[];
  readonly any?: readonly string[];
  readonly root?: YamlTop["root"];
}[];

export function shapeOf({ root, keys }: YamlTop): YamlShapeId | null {
  const fits = ({ all = [], any, root: wanted = "map" }: YamlShape) =>
    root === wanted && all.every((key) => keys.has(key)) && (any === undefined || any.some((key) => keys.has(key)));
  return SHAPES.find(fits)?.id ?? null;
}
