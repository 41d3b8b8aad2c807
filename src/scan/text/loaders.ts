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
  { name: /\.(?:py|pyw|pyi|pyx|pxd|py3|ipy)$/, why: "Python code: it runs when a loader imports it" },
  {
    name: /\.pth$/,
    why: "text under the name of weights or of a path file: Python runs each line of a .pth in site-packages that begins with import",
  },
  {
    name: /\.(?:sh|bash|zsh|fish|ksh|csh|tcsh|command|bat|cmd|ps1|psm1|psd1|vbs|vbe|wsf|wsh|hta|jse|scpt|applescript|reg|inf|scr|lnk|url|webloc)$/,
    why: "a shell script, or one that a desktop starts",
  },
  { name: /\.(?:js|mjs|cjs|ts|mts|cts|tsx|jsx|vue|svelte|coffee)$/, why: "JavaScript or TypeScript code" },
  {
    name: /\.(?:c|cc|cpp|cxx|h|hh|hpp|inc|cu|cuh|m|mm|metal|cl|rs|go|java|kt|kts|swift|cs|fs|vb|jl|r|rmd|qmd|rnw|rb|pl|pm|php|phtml|jsp|asp|aspx|lua|scala|groovy|clj|hs|ml|ex|exs|erl|nim|zig|asm|sql|proto|thrift|tcl|awk|sed|vim|el|lisp|scm)$/,
    why: "source code",
  },
  { name: /^(?:dockerfile|containerfile)(?:\.|$)|\.dockerfile$/, why: "a recipe whose commands run when an image is built" },
  {
    name: /^(?:makefile|gnumakefile|justfile|rakefile|gemfile|brewfile|jenkinsfile|procfile|vagrantfile|snakefile|sconstruct|sconscript|wscript|pkgbuild|apkbuild|build|workspace|module\.bazel|meson\.build|meson_options\.txt|cog\.yaml)(?:\.(?:bazel|local)|$)|\.(?:cmake|gradle|bzl|bazel|mak|ninja|m4|nf|wdl|cwl|tf|hcl|nomad|spec)$/,
    why: "a recipe whose commands run",
  },
  {
    name: /^(?:\.envrc?|\.bash(?:rc|_profile|_login|_logout|_aliases)|\.z(?:shrc|shenv|profile|login|logout)|\.(?:k|c|tc)shrc|\.login|\.logout|\.profile|\.inputrc|\.condarc|\.netrc|\.npmrc|\.yarnrc|\.pnpmfile|pip\.conf|\.pypirc|\.tmux\.conf|\.screenrc)/,
    why: "settings that a shell or a package manager acts on",
  },
  {
    name: /^(?:\.rprofile|\.renviron|rprofile\.site|\.pdbrc|\.gdbinit|\.lldbinit|\.pythonrc|\.pythonstartup|\.vimrc|\.nvimrc|\.exrc|\.gvimrc|\.emacs|\.dir-locals\.el|\.octaverc|\.irbrc|\.pryrc|\.perltidyrc|\.julia|startup\.m|\.htaccess|crontab)$/,
    why: "what a debugger, an editor, an interpreter or a server runs when it starts in the folder",
  },
  { name: /^\.git(?:modules|config)$|^\.lfsconfig$/, why: "settings that Git acts on: it fetches from the addresses in them" },
  { name: /\.(?:ya?ml)$/, why: "YAML: loaders build objects and run what `!!python` tags or `_target_` keys name" },
  { name: /\.toml$/, why: "TOML: build tools run what it names" },
  { name: /\.(?:ini|cfg|conf|config|properties|env|service|desktop|plist)$/, why: "a configuration that a program acts on" },
  { name: /\.(?:html?|xhtml|svg|xml|xsl|xslt|pmml|dtd)$/, why: "markup: scripts, styles and entities in it are acted on" },
  { name: /\.(?:css|scss|less)$/, why: "a style sheet" },
  { name: /\.(?:mako|erb|ejs|hbs|mustache|liquid|twig|tpl|tmpl|j2|jinja2?)$/, why: "a template that a program renders, and with it the code inside" },
  { name: /\.(?:jsonl|ndjson)$/, why: "JSON lines" },
  { name: /\.(?:csv|tsv)$/, why: "a table: spreadsheets run formulas in it" },
  { name: /\.ipynb$/, why: "a notebook that is no JSON" },
  {
    name: /^(?:\.?devcontainer|[jt]sconfig(?:\.[\w-]+)?|settings|launch|tasks)\.json$/,
    why: "settings with comments, on which an editor or a compiler acts",
  },
  { name: /\.json5?$/, why: "it is named JSON and is none" },
  { name: /\.(?:diff|patch)$/, why: "a patch to code" },
  { name: /\.(?:pbtxt|prototxt|pbtext)$/, why: "a graph in text form" },
];
