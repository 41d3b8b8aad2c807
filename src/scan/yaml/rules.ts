import type { Rule } from "../../finding.ts";

export const YAML_RULES = {
  tag: {
    id: "yaml-tag",
    summary: "a YAML tag that has the loader build or call something",
    gain: "PyYAML's Loader and UnsafeLoader (and load before 5.1, FullLoader before 5.4), ruamel.yaml's unsafe loader, HyperPyYAML and SnakeYAML before 2.0 import and call what the tag names as soon as the file is read.",
    check: "Read the file with `yaml.safe_load`, which refuses such tags, and ask what the name given does.",
    references: [
      "https://nvd.nist.gov/vuln/detail/CVE-2020-14343",
      "https://nvd.nist.gov/vuln/detail/CVE-2022-1471",
      "https://github.com/speechbrain/HyperPyYAML",
    ],
  },
  computedTarget: {
    id: "config-computed-target",
    summary: "a name to be called that is only known while loading",
    gain: "The name is put together from the environment or by a resolver, so that the file itself does not show what is called. OmegaConf does so in every version, and hydra.utils.instantiate calls the result.",
    check: "Print the configuration with `OmegaConf.to_yaml(cfg, resolve=True)` in a sandbox and look at the name.",
    references: ["https://omegaconf.readthedocs.io/en/latest/usage.html#variable-interpolation"],
  },
  resolver: {
    id: "config-resolver",
    summary: "an interpolation that has the loader evaluate text or read its environment",
    gain: "Programs register Python's eval and its like with OmegaConf as resolvers for arithmetic; then any code in the braces runs. Values of the environment, which OmegaConf itself reads by `oc.env`, are often secrets.",
    check: "Look for `OmegaConf.register_new_resolver` in the program that loads the file, and at the text in the braces.",
    references: ["https://omegaconf.readthedocs.io/en/latest/custom_resolvers.html"],
  },
  aliases: {
    id: "yaml-alias-bomb",
    summary: "aliases that stand for far more than the file holds",
    gain: "A loader that copies or resolves its configuration runs out of memory, and a scanner may give up before it reaches the rest. PyYAML shares the values; OmegaConf copies them, in every version.",
    check: "Count the anchors (&) and aliases (*) in the file.",
    references: ["https://en.wikipedia.org/wiki/Billion_laughs_attack"],
  },
  cycle: {
    id: "yaml-cycle",
    summary: "an alias inside of what it stands for",
    gain: "PyYAML builds it in every version, and any program that walks the document without a bound never ends.",
    check: "Look at the alias given and at its anchor.",
    references: [],
  },
} as const satisfies Record<string, Rule>;
