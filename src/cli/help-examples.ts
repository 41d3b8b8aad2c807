/** What `--help` of each command shows at its end, and without a command: the words, and what they do. A test runs each against the commands that there are. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [words: string, does: string])[]>> = {
  "": [
    ["scan ./some-model", "what would loading this do? No installation, no keys"],
    ["admit ./some-model", "decide by policy, sign a ticket for what is let in, and log it"],
    ["verify ./some-model", "before each use: do these bytes hold a valid ticket?"],
  ],
  start: [["start --data ./try", "everything in one folder, to be thrown away"]],
  admit: [
    ["admit ./some-model", "examine it, decide, and sign a ticket if it is let in"],
    ["admit ./some-model --html report.html", "and keep a page for whoever approves"],
    ["admit ./some-model --server https://weighbridge.example.com", "the team's installation decides; the token is in WEIGHBRIDGE_TOKEN"],
  ],
  scan: [
    ["scan ./some-model", "one folder: its verdict, what was found, what to do"],
    ["scan -q models/*", "many: only what does not pass, and a summary"],
    ["scan ./some-model --sarif out.sarif", "for code scanning; also --html, --cyclonedx, --json"],
    ["scan --explain pickle-callable", "what a rule means; without a rule, all of them"],
  ],
  verify: [
    ["verify ./some-model", "against this installation"],
    ["verify ./some-model --ticket t.json --trust trust.json", "anywhere, offline"],
  ],
  "registry list": [["registry list", "what was decided, newest standing"]],
  "registry show": [["registry show 6b4bb6bff1dc", "by the beginning of its digest, or by alias"]],
  "registry approve": [['registry approve 6b4bb6bff1dc --reason "read setup.py: builds nothing" --days 30', "let it in for a month"]],
  "registry revoke": [['registry revoke 511986a11df8 --reason "withdrawn by its publisher"', "its tickets no longer count"]],
  "registry reinstate": [['registry reinstate 511986a11df8 --reason "it was another model"', "they count again"]],
  "registry alias": [["registry alias 511986a11df8 team/summariser", "name it; the alias stands wherever an id does"]],
  "registry export": [["registry export --status status.json", "for those who verify elsewhere"]],
  "log verify": [["log verify", "exit 0: it is what was signed"]],
  "log rebuild": [["log rebuild", "after the database was lost or damaged"]],
  "log checkpoint": [["log checkpoint", "to be kept, and compared later"]],
  "trust export": [["trust export trust.json", "hand it to those who verify elsewhere"]],
  "trust rotate": [["trust rotate", "a new key; export the trust file anew after it"]],
  "trust show": [["trust show", "compare the fingerprint over another channel"]],
  serve: [["serve", "on 127.0.0.1; prints a link to sign in"]],
  "sign-in": [
    ["sign-in", "while serve runs: once, within 10 minutes"],
    ["sign-in --port 9000", "where serve was told another port: the same options"],
  ],
  deploy: [
    ["deploy ./some-model --upstream http://127.0.0.1:8080 --name summariser --engine llama.cpp", "clients ask the gateway for summariser"],
    ['deploy --withdraw summariser --reason "replaced"', "it is served no more"],
  ],
  "token create": [
    ["token create --name summary-service --deployment summariser", "for one application, for thirty days"],
    ["token create --name deploy-bot --scope api --role operator", "for the API"],
  ],
  "token list": [["token list", "who may call, and until when"]],
  "token revoke": [["token revoke k5xq2mzt7abc", "by the id that token list shows; a secret that leaked will do, too"]],
  "policy check": [["policy check ./policies", "before it is put in force"]],
  "policy test": [["policy test ./policies", "exit 1 where a case fails"]],
  doctor: [["doctor", "exit 1 where something is wrong"]],
};

/** The lines of one command; empty where it has none. */
export function examplesOf(command: string): string {
  const examples = EXAMPLES[command];
  if (examples === undefined) return "";
  return `\nExamples:\n${examples.map(([words, does]) => `  weighbridge ${words}\n      ${does}`).join("\n")}`;
}
