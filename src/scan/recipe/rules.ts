import type { Rule } from "../../finding.ts";

export const RECIPE_RULES = {
  act: {
    id: "recipe-act",
    summary: "a command in a build recipe, script or setting that fetches and runs a program, or reaches out of the build",
    gain: "Whoever builds, installs or starts what lies in the folder (with Docker, make, a shell) runs what another server holds at that time, or opens the machine to it. No loader of weights does.",
    check: "Read the line given; fetch the program by hand and compare its digest.",
    references: ["https://attack.mitre.org/techniques/T1059/", "https://attack.mitre.org/techniques/T1105/"],
  },
  pathHook: {
    id: "python-path-hook",
    summary: "a path file whose line Python runs at every start",
    gain: "In a folder of site-packages, Python, unless it is started with -S, runs each line of a .pth that begins with import, before any program of the person: code that stays.",
    check: "Delete the file, or look at its lines; weights under this name are archives or pickles, never text.",
    references: ["https://docs.python.org/3/library/site.html", "https://attack.mitre.org/techniques/T1546/018/"],
  },
  buildHook: {
    id: "build-hook",
    summary: "settings of a package that name code of their own to run at installation",
    gain: "pip, in every version, and what else installs packages of Python (uv, Poetry) runs the build backend, the hooks and the commands that are named here, from the folder itself, before anything is installed.",
    check: "Read the file that is named; a model needs no installation.",
    references: ["https://peps.python.org/pep-0517/"],
  },
  lookalike: {
    id: "package-lookalike",
    summary: "a package whose name is that of a well-known one but for a letter",
    gain: "Installing the list with pip, or with what else installs packages of Python, fetches and runs the package of whoever registered the wrong name, in every version.",
    check: "Compare the name with the one that the framework's own documentation gives.",
    references: ["https://owasp.org/www-project-open-source-software-top-10/"],
  },
  foreignFunction: {
    id: "config-foreign-function",
    summary: "a configuration that needs a function which its framework does not come with",
    gain: "spaCy 3 looks the name up among functions that code beside the model or an installed package registers; what it does is in neither the configuration nor the framework.",
    check: "Ask which package registers the name given, and read it.",
    references: ["https://spacy.io/usage/training#custom-functions"],
  },
  packages: {
    id: "package-source",
    summary: "a list of packages that are taken from elsewhere than the usual index",
    gain: "Setting up the model's environment installs what another server holds at that time, and installing runs its code. With an extra index pip takes the highest version from either, in every version (CVE-2018-20225).",
    check: "Ask who owns the address; install by hand from the usual index, with digests.",
    references: ["https://pip.pypa.io/en/stable/reference/requirements-file-format/", "https://nvd.nist.gov/vuln/detail/CVE-2018-20225"],
  },
} as const satisfies Record<string, Rule>;
