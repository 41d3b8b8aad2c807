import type { YamlShapeId } from "./shapes.ts";

type Part = "evaluated" | "files" | "requirements";

/** Keys of MLflow's flavours whose value is a file beside the MLmodel. */
const MLFLOW_FILES: ReadonlySet<string> = new Set(
  "code data env conda virtualenv model_path path pickled_model python_model model_data artifact_path model_code_path model_weights_path pyspark_version_path".split(
    " ",
  ),
);
const URL = /^[a-z][a-z0-9+.-]*:\/\//i;

/** `nn.SiLU()`, `torch.nn.LeakyReLU(0.1)`: Ultralytics `parse_model` evaluates it, as YOLOv5 and its relatives evaluate the names of layers. */
const ACTIVATION = /^(?:torch\.)?nn\.[A-Z]\w{0,60}(?:\([\w=., -]{0,100}\))?$|^(?:true|false|null|~)?$/i;
const LAYER = /^(?:torch\.)?nn\.(?:\w+\.)*[A-Z]\w*$/;

function isCode(text: string): boolean {
  if (!/^-?[\w.]*$/.test(text)) return true;
  return /^(?:eval|exec|compile|__import__|breakpoint|open|getattr)$/.test(text) || (/^[A-Za-z_]\w*\./.test(text) && !LAYER.test(text));
}

/** What the loader of a document of this shape does with the text at this place; null where it is data. */
export function partOf(shape: YamlShapeId | null, path: readonly (string | number)[], text: string): Part | null {
  const [top, second, third] = path;
  const last = path.at(-1);
  if (top === "hydra" && second === "searchpath") return "files";
  switch (shape) {
    case "mlflow-model":
      return top === "flavors" && typeof last === "string" && MLFLOW_FILES.has(last) ? "files" : null;
    case "conda-environment":
      if (top === "channels") return URL.test(text) ? "requirements" : null;
      return top === "dependencies" && (third === "pip" || URL.test(text)) ? "requirements" : null;
    case "python-environment":
      return top === "build_dependencies" || top === "dependencies" ? "requirements" : null;
    case "keras-model":
      return last === "class_name" && /Lambda$/.test(text) ? "evaluated" : null;
    case "monai-bundle":
      return text.startsWith("$") && !text.startsWith("${") ? "evaluated" : null;
    case "yolo-data":
      return top === "download" && path.length === 1 && !URL.test(text) ? "evaluated" : null;
    case "yolo-model":
      if (top === "activation" && path.length === 1) return ACTIVATION.test(text) ? null : "evaluated";
      return (top === "backbone" || top === "head") && typeof second === "number" && isCode(text) ? "evaluated" : null;
    default:
      return null;
  }
}
