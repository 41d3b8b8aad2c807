export { yamlExaminer } from "./examiner.ts";
export { judgeTarget } from "./judge-target.ts";
export { sourceOf } from "./requirement.ts";
export { YAML_RULES } from "./rules.ts";
