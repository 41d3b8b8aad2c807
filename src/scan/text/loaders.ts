/** What a name means to the tool that loads it, where that tool acts on the text. First match wins; compared in lower case. */
export interface LoaderName {
  readonly name: RegExp;
  /** What the text is, and what acting on it means. */
  readonly why: string;
}

export const LOADER_NAMES: readonly LoaderName[] = [
  {
    name: /^(?:setup|conftest|sitecustomize|usercustomize)\.py$/,
    why: "Python code that runs on installation, in tests or at every start of Python",
  },
  { name: /^handler\.py$/, why: "Python code that a serving system runs for every request" },
  { name: /\.(?:py|pyw|pyi|pyx|pxd|py3)$/, why: "Python code: it runs when a loader imports it" },
  {
    name: /\.pth$/,
    why: "text under the name of weights or of a path file: Python runs each line of a .pth in site-packages that begins with import",
  },
  { name: /\.(?:sh|bash|zsh|fish|ksh|csh|command|bat|cmd|ps1|psm1|vbs)$/, why: "a shell script" },
  { name: /\.(?:js|mjs|cjs|ts|tsx|jsx)$/, why: "JavaScript or TypeScript code" },
  {
    name: /\.(?:c|cc|cpp|cxx|h|hpp|cu|cuh|m|mm|metal|cl|rs|go|java|kt|swift|cs|jl|r|rb|pl|pm|php|lua|scala|hs|ml|sql|proto|thrift|tcl|awk)$/,
    why: "source code",
  },
  { name: /^(?:dockerfile|containerfile)(?:\.|$)|\.dockerfile$/, why: "a recipe whose commands run when an image is built" },
  {
    name: /^(?:makefile|gnumakefile|justfile|rakefile|jenkinsfile|procfile|vagrantfile|cog\.yaml)(?:\.|$)/,
    why: "a recipe whose commands run",
  },
  {
    name: /^(?:\.env|\.bashrc|\.profile|\.bash_profile|\.zshrc|\.condarc|\.netrc|\.npmrc|pip\.conf|\.pypirc)/,
    why: "settings that a shell or a package manager acts on",
  },
  { name: /^\.git(?:modules|config)$|^\.lfsconfig$/, why: "settings that Git acts on: it fetches from the addresses in them" },
  { name: /\.(?:ya?ml)$/, why: "YAML: loaders build objects and run what `!!python` tags or `_target_` keys name" },
  { name: /\.toml$/, why: "TOML: build tools run what it names" },
  { name: /\.(?:ini|cfg|conf|config|properties|env|service|desktop|plist)$/, why: "a configuration that a program acts on" },
  { name: /\.(?:html?|xhtml|svg|xml|xsl|xslt|pmml|dtd)$/, why: "markup: scripts, styles and entities in it are acted on" },
  { name: /\.(?:css|scss|less)$/, why: "a style sheet" },
  { name: /\.(?:jsonl|ndjson)$/, why: "JSON lines" },
  { name: /\.(?:csv|tsv)$/, why: "a table: spreadsheets run formulas in it" },
  { name: /\.ipynb$/, why: "a notebook that is no JSON" },
  { name: /\.json5?$/, why: "it is named JSON and is none" },
  { name: /\.(?:diff|patch)$/, why: "a patch to code" },
  { name: /\.(?:pbtxt|prototxt|pbtext)$/, why: "a graph in text form" },
];
