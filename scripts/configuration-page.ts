import { SECTIONS, SETTINGS, type Setting } from "../src/server/configuration/index.ts";

/** docs/reference/configuration.md: every setting with what it takes, as the schema says. */
export function configurationPage(made: string): string {
  const alone = SETTINGS.filter(({ path }) => path.length === 1);
  return [
    made,
    "# Configuration",
    "`serve` and `start` read one YAML file, `DATA/config.yaml` or what `--config FILE` names; [how to write one](../how-to/configure.md). A flag counts before a variable of the environment, a variable before the file, the file before the default. Names that are not on this page are refused, in the file and in the environment.",
    "In a variable, a list is written with commas between its items, and `none` stands for null. A variable that is empty says nothing. Relative paths in the file are relative to the file.",
    "The one secret that a variable may hold is `WEIGHBRIDGE_OIDC_CLIENT_SECRET`, which counts before `oidc.clientSecretFile`.",
    "## At the top",
    tableOf(alone),
    ...SECTIONS.flatMap(({ path, description, optional }) => [
      `## ${path.join(".")}`,
      `${description}${optional ? " Absent by default; settings without a default must be given where the section is." : ""}`,
      ...tableUnder(path),
    ]),
    "",
  ].join("\n\n");
}

function tableUnder(section: readonly string[]): readonly string[] {
  const inside = SETTINGS.filter(({ path }) => path.length === section.length + 1 && section.every((name, depth) => path[depth] === name));
  return inside.length === 0 ? [] : [tableOf(inside)];
}

function tableOf(settings: readonly Setting[]): string {
  const rows = settings.map(({ name, variable, flag, default: value, form, description }) => {
    const ways = [...(variable === null ? [] : [`\`${variable}\``]), ...(flag === null ? [] : [`\`--${flag}\``])];
    return `| \`${name}\` | ${form} | ${defaultText(value)} | ${description} | ${ways.join(", ") || "in the file alone"} |`;
  });
  return `| setting | takes | default | meaning | also |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

function defaultText(value: unknown): string {
  return value === undefined ? "–" : `\`${JSON.stringify(value)}\``;
}
