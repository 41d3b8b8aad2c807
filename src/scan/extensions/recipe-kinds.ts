/** What a name makes of a text for the tool that reads it. First match wins; compared in lower case. */
export interface RecipeKind {
  readonly kind: "packages" | "settings" | "image" | "script" | "path-file" | "triton";
  readonly name: RegExp;
  /** What acting on it means; null where plain lines of this kind do nothing that is not said as a finding. */
  readonly why: string | null;
}

const RECIPE_KINDS: readonly RecipeKind[] = [
  { kind: "packages", name: /(?:requirements|constraints)[\w.-]*\.(?:txt|in)$/, why: null },
  { kind: "image", name: /(?:^|\.)(?:dockerfile|containerfile)(?:\.|$)/, why: "a recipe: building the image runs its commands" },
  { kind: "script", name: /^(?:gnu)?makefile(?:\.|$)|\.mk$|^justfile$/, why: "a recipe whose commands run when a target is made" },
  {
    kind: "path-file",
    name: /\.pth$/,
    why: "text under the name of weights or of a path file: in site-packages, Python adds its lines to the module path",
  },
  { kind: "script", name: /\.(?:sh|bash|zsh|ksh|command|bat|cmd|ps1|psm1)$/, why: "a shell script: code is not examined yet" },
  {
    kind: "settings",
    name: /^pyproject\.toml$|^setup\.cfg$/,
    why: "metadata of a package: installing the folder runs its build backend and setup.py",
  },
  {
    kind: "settings",
    name: /^pipfile$|^(?:cargo|pixi|netlify|fly|railway|wrangler|mise|\.?project)\.toml$|^tox\.ini$/,
    why: "settings of a build tool, which runs what they name",
  },
  { kind: "settings", name: /^\.?pip\.(?:conf|ini)$|^\.pypirc$/, why: "settings of pip: they say where packages are taken from" },
  { kind: "settings", name: /^\.gitmodules$|^\.lfsconfig$/, why: "settings that Git acts on: it fetches from the addresses in them" },
  {
    kind: "settings",
    name: /^(?:supervisord|nginx|redis|sshd?_config|my)\.?(?:conf|cnf|ini)$|^uwsgi\.ini$/,
    why: "settings of a server, which starts what they name",
  },
  { kind: "triton", name: /^config\.pbtxt$/, why: null },
  { kind: "settings", name: /\.(?:toml|ini|cfg|conf)$/, why: null },
];

/** What a name says a text is for; undefined for a name that says nothing. */
export function recipeKind(name: string): RecipeKind | undefined {
  return RECIPE_KINDS.find((entry) => entry.name.test(name.toLowerCase()));
}
